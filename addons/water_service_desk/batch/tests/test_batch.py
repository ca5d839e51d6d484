from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...base.tests import acts
from ...base.tests.common import local
from ...request.tests.common import RequestCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestBatch(RequestCommon):
    """One thing for many cases: looked at first, done for those that pass, the rest told why."""

    def _dialog(self, cases, act, login="agent", **values):
        about = {"active_model": cases._name, "active_ids": cases.ids}
        dialogs = self._as(login, self.env["water.batch.wizard"]).with_context(**about)
        return dialogs.create({"act": act, **values})

    def _done(self, cases, act, login="agent", **values):
        """The dialog after both steps, unchanged by the first."""
        dialog = self._dialog(cases, act, login, **values)
        before = self._stored(cases)
        dialog.action_preview()
        self.assertEqual(self._stored(cases), before)
        looked = {row.name: row.state for row in dialog.line_ids}
        dialog.action_do()
        self.env.invalidate_all()
        done = {row.name: row.state for row in dialog.line_ids}
        # the preview's promise was kept
        self.assertEqual(
            {n for n, s in looked.items() if s == "ready"},
            {n for n, s in done.items() if s == "done"},
        )
        return dialog

    def _refused(self, dialog):
        return {row.name: row.fault for row in dialog.line_ids if row.state == "refused"}

    def test_dispatch(self):
        good, gone, bare = self._repair(), self._repair(), self._repair(address=False)
        self._as("agent", gone).action_withdraw()
        dialog = self._done(
            good | gone | bare, "dispatch", department_id=self.net.id, note="先查表箱"
        )
        refused = self._refused(dialog)
        self.assertEqual(refused.keys(), {gone.name, bare.name})
        self.assertIn("it can no longer be added to", refused[gone.name])
        self.assertIn("Address", refused[bare.name])
        self.assertEqual((self._lead(good).note, good.state), ("先查表箱", "processing"))
        self.assertFalse(bare.dispatch_ids or bare.department_id)
        self.assertEqual((dialog.good_count, dialog.bad_count), (1, 2))

    def test_assignment_requires_skill(self):
        skill = self.env["water.skill"].search([], limit=1)
        self._category("lk03").write({"skill_id": skill.id, "skill_rule": "block"})
        hard, easy = self._repair(), self._inquiry()
        dialog = self._done(hard, "assign", "supervisor", user_id=self.users["agent2"].id)
        self.assertIn(skill.name, self._refused(dialog)[hard.name])
        self._done(easy, "assign", "supervisor", user_id=self.users["agent2"].id)
        self.assertEqual((easy.user_id, hard.user_id), (self.users["agent2"], self.users["agent"]))
        self.assertEqual(self._kinds(easy)[-1], "assigned")

    def test_follow_up_and_tell(self):
        cases = self._inquiry() | self._inquiry()
        stranger = self._inquiry(partner_id=False, contact_name="路人", phone="13700000000")
        self._done(cases, "follow_up", day=fields.Date.today(), note="回访")
        self.assertEqual(cases.activity_ids.mapped("summary"), ["回访", "回访"])
        dialog = self._done(cases | stranger, "tell", note="明日恢复供水")
        self.assertEqual(list(self._refused(dialog)), [stranger.name])
        for case in cases:
            message = case.message_ids.sorted("id")[-1:]
            self.assertIn("明日恢复供水", message.body)
            self.assertEqual(message.partner_ids, self.customer)

    def test_close(self):
        told, fresh = self._inquiry(answer="已答复"), self._inquiry()
        self._as("agent", told).action_answer()
        dialog = self._done(told | fresh, "close")
        self.assertEqual((told.state, fresh.state), ("closed", "registered"))
        self.assertIn("no step", self._refused(dialog)[fresh.name])

    def test_changes_after_preview_are_refused(self):
        case = self._inquiry(answer="已答复")
        self._as("agent", case).action_answer()
        dialog = self._dialog(case, "close")
        dialog.action_preview()
        self._as("agent", case).action_reopen()
        dialog.action_do()
        self.assertEqual(dialog.line_ids.state, "refused")
        self.assertEqual(case.state, "processing")

    def test_guards(self):
        case = self._inquiry()
        dialog = self._dialog(case, "assign")
        with self.assertRaisesRegex(UserError, "Choose the person"):
            dialog.action_preview()
        dialog.user_id = self.users["agent2"]
        with self.assertRaisesRegex(UserError, "preview first"):
            dialog.action_do()
        with self.assertRaises(AccessError):
            self._dialog(case, "assign", "department")

    def test_work_order(self):
        """Printed by our engine; the code leads to the case, the customer stays masked."""
        sent, fresh = self._repair(), self._repair()
        self._dispatch(sent, note="先查表箱")
        dialog = self._dialog(sent | fresh, "print")
        dialog.action_preview()
        self.assertEqual(list(self._refused(dialog)), [fresh.name])
        action = dialog.action_do()
        lead = self._lead(sent)
        self.assertEqual(action["context"]["active_ids"], lead.ids)
        report = self.env.ref("water_service_desk.action_report_work_order")
        html = self._as("department", report)._render_qweb_html(report.report_name, lead.ids)[0]
        text = html.decode()
        for word in (sent.name, "先查表箱", "data:image/png", sent.address):
            self.assertIn(word, text)
        self.assertNotIn(self.customer.phone, text)
        self.assertIn(f"model=water.request&res_id={sent.id}", lead._order_link())
        with self.assertRaises(AccessError):
            self._as("department2", report)._render_qweb_html(report.report_name, lead.ids)

    def test_work_order_says_when_the_customer_waits(self):
        """The announced appointment, in the time zone of the case's company."""
        case = self._repair()
        lead = self._dispatch(case)
        begin = local("2026-03-12 09:00")
        planned = (begin, begin + timedelta(hours=2))
        acts.plan_visit(self._as("agent", case), self.net, *planned)
        gone = acts.plan_visit(self._as("agent", case), self.net, *(at + DAY for at in planned))
        acts.cancel_visit(gone, "客户要求", "customer")
        other = self.env["res.company"].create({"name": "Berlin Water"})
        other.water_calendar_id = self.company.water_calendar_id.copy({"tz": "Europe/Berlin"})
        self.users["supervisor"].company_ids |= other
        report = self.env.ref("water_service_desk.action_report_work_order")
        for companies in (self.company, other | self.company):
            mine = self._as("supervisor", report).with_context(allowed_company_ids=companies.ids)
            text = mine._render_qweb_html(report.report_name, lead.ids)[0].decode()
            self.assertIn("2026-03-12 09:00 – 2026-03-12 11:00", text)
            self.assertNotIn("2026-03-13", text)
