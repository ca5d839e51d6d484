from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local

from ...complaint.tests import acts
from ...complaint.tests.common import ComplaintCommon

VALUES = {
    "is_anonymous": "1",
    "description": "5月8日上午9点多，3号窗口工作人员态度生硬",
    "occurred_at": "2026-05-08T09:20",
    "demand": "要求改正",
    "address": "城东营业厅",
}


@tagged("post_install", "-at_install")
class TestAnonymousScenario(ComplaintCommon):
    """S-4: an anonymous complaint about the counter, before the worked Saturday, to the minute."""

    def _at(self, text):
        return freeze_time(fields.Datetime.to_string(local(text)))

    def _filed(self, moment):
        """Filed on the website without a name; the code is shown once."""
        values = {**VALUES, "category_id": str(self._category("st01").id)}
        with self._at(moment):
            complaints = self.env["water.complaint"].with_user(self.env.ref("base.public_user"))
            nobody = self.env["res.partner"]
            case = complaints._file_case(values, (), nobody, self._channel("web"))
            return case.with_env(self.env), case._issue_query_code()

    def test_call_is_promised_to_reachable_customer(self):
        """Without number and address that clock would always be late."""
        case, _code = self._filed("2026-05-08 11:15")
        self.assertNotIn("contact", case.deadline_ids.mapped("kind"))
        self.assertLocal(self._clock(case, "close").due_at, "2026-05-14 17:30")
        reachable = self._complaint(is_anonymous=True, partner_id=False, phone="13800138000")
        self.assertIn("contact", reachable.deadline_ids.mapped("kind"))

    def _dispatched(self):
        case, code = self._filed("2026-05-08 11:15")
        with self._at("2026-05-08 11:30"):
            self.users["agent"].water_department_ids = self.net  # of the unit complained of
            self._as("agent2", case).department_complained_id = self.net
            with self.assertRefused("doesn't have 'write' access", case):
                self._as("agent", case).action_take()
            self._as("agent2", case).action_take()
            with self.assertRaisesRegex(UserError, "another department"):
                acts.dispatch(self._as("agent2", case), self.net)
            self._dispatch(case, self.lab, login="agent2")
        return case, code

    def _statement(self, case):
        """The reported unit reads the content without the source, and answers."""
        with self._at("2026-05-09 09:00"):
            row = (
                self.env["water.statement"]
                .with_user(self.users["agent2"])
                ._ask(self._as("agent2", case), self.users["department"], case.description)
            )
            mine = self._as("department", row)
            self.assertIn("3号窗口", mine.content)
            seen = str(mine.web_read({name: {} for name in mine._fields}))
            for source in ("Website", "城东营业厅", "11:15", "要求改正"):
                self.assertNotIn(source, seen)
            mine.answer = "当天系统故障, 确有不耐烦"
            mine.action_give()
        for login in ("department", "agent"):  # both of NET
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                self._as(login, case).read(["subject"])

    def test_scenario_s4(self):
        case, code = self._dispatched()
        self.assertFalse(case.partner_id or case.contact_name or case.phone)
        self.assertEqual(case.readback_mode, "waived")
        self.assertLocal(self._clock(case, "close").due_at, "2026-05-14 17:30")
        self.assertLocal(case.received_at, "2026-05-08 11:15")
        self._statement(case)
        with self._at("2026-05-09 10:00"):
            self._step_investigating(case, "agent2", self.lab)
            work = self._as("department2", case)
            self._conclude(work, investigation="监控与叫号记录", finding="partly")
            work.action_verify()
        self.assertNotIn(case.user_id, self.net.member_ids)
        self._told(case, code)
        self._not_called_back(case)
        self._second(case)
        self.assertWhole(case)

    def _told(self, case, code):
        """Published under the query code, on the last day at the last minute."""
        with self._at("2026-05-14 17:29"):
            dispatch = self._as("department2", self._lead(case))
            dispatch.result = "已对当事人谈话辅导"
            dispatch.action_finish()
            case.invalidate_recordset()
            wizards = self._as("agent2", self.env["water.notice.wizard"])
            about = {"active_model": case._name, "active_ids": case.ids}
            wizard = wizards.with_context(**about).create({})
            self.assertEqual(wizard.mode, "published")
            wizard.body = "<p>部分属实，已谈话辅导。</p>"
            wizard.action_send()
        clock = self._clock(case, "close")
        self.assertEqual(clock.state, "met")
        self.assertLocal(clock.met_at, "2026-05-14 17:29")
        self.assertFalse(case.customer_message_ids.filtered("address"))
        found = self.env["water.complaint"]._find_by_query_code(case.name, code)
        self.assertIn("部分属实", str(found._portal_page()["notices"]))

    def _not_called_back(self, case):
        """No call-back, out of the rates, in the volume."""
        with self._at("2026-05-14 17:29"):
            acts.confirm(self._as("agent2", case), "unanswered")
        self.assertFalse(case.callback_ids)
        self.assertFalse(self._clock(case, "callback"))
        with self._at("2026-05-15 09:00"):
            self._as("agent2", case).action_archive_case()
        self.assertEqual(case.state, "archived")
        self.assertFalse(case.counts_for_rates)
        volume = self.env["water.complaint"].search_count([("id", "=", case.id)])
        self.assertEqual(volume, 1)

    def _second(self, case):
        """The same unit, the same week: a repeat. The week after: another matter."""
        for moment, repeat in (("2026-05-10 20:00", True), ("2026-05-11 08:00", False)):
            other, __ = self._filed(moment)
            self._as("agent2", other).department_complained_id = self.net
            with self.subTest(moment=moment):
                self.assertEqual(other.repeat_of_id == case, repeat)
        self.assertEqual(case.repeat_count, 2)

    def test_no_code_no_publishing(self):
        """Nothing is published without a reader."""
        case = self._complaint_at("handling", is_anonymous=True, resolution="x")
        notices = self._as("agent", self.env["water.notice"])
        with self.assertRaisesRegex(UserError, "no query code"):
            notices._send(self._as("agent", case), self._notice_values(mode="published"))
