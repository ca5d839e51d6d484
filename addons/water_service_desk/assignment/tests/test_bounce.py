from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon
from ...base.trust import trusted
from ..models import water_case_deputy


@tagged("post_install", "-at_install")
class TestBounce(WaterCommon):
    """Departments send a case to and fro (S2.1.4, S-5): counted, told, decided."""

    def _sent_back(self, case, department, reason, login="agent"):
        dispatch = self._dispatch(case, department, login=login)
        worker = "department2" if department == self.lab else "department"
        acts.reject(self._as(worker, dispatch), reason)
        case.invalidate_recordset()

    def _told(self, login):
        partner = self.users[login].partner_id
        found = self.env["mail.message"].sudo().search([("partner_ids", "in", partner.ids)])
        return [subject for subject in found.mapped("subject") if subject and "returned" in subject]

    def test_third_return(self):
        case = self._inquiry()
        self._sent_back(case, self.net, "属水质")
        self.assertEqual((case.rejection_count, self._told("supervisor")), (1, []))
        self._sent_back(case, self.lab, "属管网")
        self.assertEqual(len(self._told("supervisor")), 1)
        self.assertFalse(case.bounced_at)
        self.net.manager_id = self.users["manager"]
        self._sent_back(case, self.net, "还是水质", login="supervisor")
        self.assertEqual(case.rejection_count, 3)
        self.assertTrue(case.bounced_at)
        self.assertIn(case, case.search([("bounced_at", "!=", False)]))
        event = case.event_ids.filtered(lambda row: row.kind == "bounced")
        self.assertEqual(event.payload["count"], 3)
        self.assertEqual(set(event.payload["note"].split(" ↔ ")), {"NET", "LAB"})
        asked = case.activity_ids.filtered("user_id")
        self.assertIn(self.users["supervisor"], asked.user_id)
        self.assertEqual(len(self._told("supervisor")), 2)
        self.assertEqual(len(self._told("manager")), 1 + (self.users["manager"] in asked.user_id))
        self.assertWhole(case)
        self._sent_back(case, self.lab, "仍属管网", login="supervisor")
        kind = self.env.ref("water_service_desk.mail_activity_type_bounce")
        asked = case.activity_ids.filtered(lambda row: row.activity_type_id == kind)
        self.assertEqual(len(asked), len(asked.user_id))  # one for each who decides

    def test_supervisor_decides(self):
        """Back to who returned it, or as a helper: only by the supervisor, and marked so."""
        case = self._inquiry()
        self._sent_back(case, self.net, "属水质")
        for lead, helpers in ((self.net, None), (self.lab, self.net)):
            with self.subTest(lead=lead), self.assertRaisesRegex(UserError, "属水质"):
                self._dispatch(case, lead, helpers)
        self._dispatch(case, self.lab, self.net, login="supervisor")
        ruled = case.dispatch_ids.filtered("is_ruling")
        self.assertEqual(ruled.department_id, self.lab | self.net)

    def test_statistics(self):
        """Shares by department: returned, and sent to the wrong one."""
        facts = self.env.ref("water_service_desk.dispatch_reason_facts")
        cases = [self._inquiry() for _index in range(4)]
        dispatches = self.env["water.dispatch"].union(*(self._dispatch(case) for case in cases))
        work = self._as("department", dispatches)
        acts.reject(work[0], "属水质")
        acts.reject(work[1], "缺地址", facts)
        work[2].action_accept()
        self.env.flush_all()
        row = self._as("quality", dispatches)._read_group(
            [("id", "in", dispatches.ids)],
            ["department_id"],
            ["returned_share:avg", "wrong_share:avg", "return_count:sum"],
        )
        self.assertEqual(row, [(self.net, 50.0, 25.0, 2)])
        self.assertEqual(dispatches[0].reject_reason_id.code, "NOT_OURS")

    def test_notified_of_third(self):
        """Heads of the departments, and who is in charge of them; when it was stays."""
        self.net.manager_id, self.lab.deputy_id = self.users["agent2"], self.users["quality"]
        case = self._inquiry()
        case.activity_schedule("mail.mail_activity_data_todo", user_id=self.users["supervisor"].id)
        for department in (self.net, self.lab):
            self._sent_back(case, department, "不属我部门", login="supervisor")
        self.assertEqual((self._told("agent2"), self._told("quality")), ([], []))
        self._sent_back(case, self.net, "仍不属我部门", login="supervisor")
        self.assertEqual((len(self._told("agent2")), len(self._told("quality"))), (1, 1))
        kind = self.env.ref("water_service_desk.mail_activity_type_bounce")
        asked = case.activity_ids.filtered(lambda row: row.activity_type_id == kind)
        self.assertEqual(asked.user_id, case._desk_supervisors())
        self.assertEqual(set(asked.mapped("date_deadline")), {date(2026, 3, 11)})
        with freeze_time("2026-03-12 02:00:00"):
            self._sent_back(case, self.lab, "仍不属我部门", login="supervisor")
        self.assertEqual(fields.Datetime.to_string(case.bounced_at), NOW)
        self.assertEqual(len(self._told("agent2")), 2)


@tagged("post_install", "-at_install")
class TestDeputy(WaterCommon):
    """A deputy acts while the first responsible person is away (S3.1.1, S-5)."""

    def _appoint(self, case, login="supervisor", person="agent2", **span):
        until = self._later(**(span or {"days": 1}))
        acts.appoint_deputy(self._as(login, case), self.users[person], until, "请假")
        return until

    def test_acts_and_gives_back(self):
        case = self._inquiry()
        agent, deputy = self.users["agent"], self.users["agent2"]
        until = self._appoint(case)
        self.assertEqual((case.first_responsible_id, case.user_id), (agent, deputy))
        self.assertEqual(case._acting_responsible(), deputy)
        self.assertIn(deputy, case._workers())
        with self.enter_registry_test_mode():
            self.env.ref("water_service_desk.ir_cron_deputies").method_direct_trigger()
        self.assertEqual(case.acting_responsible_id, deputy)
        with freeze_time(fields.Datetime.to_string(until)):
            self.assertEqual(case._acting_responsible(), agent)
            with self.enter_registry_test_mode():
                self.env.ref("water_service_desk.ir_cron_deputies").method_direct_trigger()
        case.invalidate_recordset()
        self.assertEqual((case.user_id, case.acting_responsible_id.id), (agent, False))
        self.assertIs(case.acting_until, False)
        self.assertEqual(self._kinds(case)[-2:], ["deputy_appointed", "deputy_ended"])
        self.assertIn(deputy, case._workers(), "a deputy does not ask how it was either")
        self.assertWhole(case)

    def test_return_to_former_employee(self):
        """The case has no handler then: supervisors are told to hand it over."""
        case = self._inquiry()
        until = self._appoint(case)
        self.users["agent"].active = False
        told = [("subject", "like", f"{case.name}: the deputy's time is over")]
        with freeze_time(fields.Datetime.to_string(until)), self.enter_registry_test_mode():
            self.env.ref("water_service_desk.ir_cron_deputies").method_direct_trigger()
        case.invalidate_recordset()
        self.assertFalse(case.user_id or case.acting_responsible_id)
        message = self.env["mail.message"].search(told)
        self.assertIn(self.users["supervisor"].partner_id, message.notified_partner_ids)

    def test_nothing_is_added_to_what_has_ended(self):
        case = self._inquiry()
        until = self._appoint(case)
        trusted(case).state = "closed"
        count = case.event_count
        with freeze_time(fields.Datetime.to_string(until)), self.enter_registry_test_mode():
            self.env.ref("water_service_desk.ir_cron_deputies").method_direct_trigger()
        case.invalidate_recordset()
        self.assertEqual((case.acting_responsible_id.id, case.event_count), (False, count))
        self.assertIs(case.acting_until, False)

    def test_ended_early(self):
        case = self._inquiry()
        self._appoint(case)
        with self.assertRefused("Only a supervisor ends the time of a deputy"):
            self._as("agent2", case).action_end_deputy()
        self._as("agent", case).action_end_deputy()
        self.assertEqual(case.user_id, self.users["agent"])

    def test_refused(self):
        case = self._inquiry()
        for login, person, days in (
            ("agent", "agent2", 1),
            ("supervisor", "agent", 1),
            ("supervisor", "agent2", -1),
        ):
            with (
                self.subTest(login=login, person=person),
                self.assertRefused(
                    "not allowed to create|s time must end in the|choose another person"
                ),
            ):
                self._appoint(case, login, person, days=days)
        restricted = self._inquiry(category_id=self._category("st04").id, user_id=None)
        restricted.write({"user_id": self.users["supervisor"].id})
        with self.assertRaisesRegex(UserError, "restricted"):
            self._appoint(restricted)

    def test_answers_of_departments_reach_the_deputy(self):
        case = self._inquiry()
        self._appoint(case)
        dispatch = self._as("department", self._dispatch(case))
        acts.reject(dispatch, "属水质")
        partner = self.users["agent2"].partner_id
        found = self.env["mail.message"].sudo().search([("partner_ids", "in", partner.ids)])
        self.assertTrue([s for s in found.mapped("subject") if s and "Returned" in s])

    def test_work_for_deputy(self):
        """The owner's or the deputy's before; cases of others stay."""
        agent2, third = self.users["agent2"], self.users["supervisor"]
        case, theirs = self._inquiry(), self._inquiry(user_id=self.users["manager"].id)
        self._appoint(case)
        self._appoint(case, person="supervisor", login="manager")
        self.assertEqual((case.user_id, case.deputy_ids), (third, agent2 | third))
        self._appoint(theirs)
        self.assertEqual(theirs.user_id, self.users["manager"])
        theirs.action_end_deputy()
        self.assertEqual(theirs.user_id, self.users["manager"])
        left = self._inquiry()
        self.users["agent"].active = False
        self.assertFalse(left._acting_responsible())
        self._appoint(left)
        self.assertEqual((left.user_id, left._acting_responsible()), (agent2, agent2))

    def test_a_deputy_who_leaves_acts_no_more(self):
        case = self._inquiry()
        self._appoint(case)
        self.users["agent2"].active = False
        self.assertEqual(case._acting_responsible(), self.users["agent"])

    def test_how_a_deputy_is_told(self):
        """One message lists all cases; the period is checked when it ends."""
        cases = self._inquiry() | self._inquiry()
        until = self._appoint(cases)
        partner = self.users["agent2"].partner_id
        message = (
            self.env["mail.message"]
            .sudo()
            .search([("partner_ids", "in", partner.ids), ("subject", "ilike", "2 cases")])
        )
        self.assertEqual(message.subject, "You act as first responsible person: 2 cases")
        self.assertEqual(message.body.count("<li>"), 2)
        cron = self.env.ref("water_service_desk.ir_cron_deputies")
        calls = self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", cron.id)])
        self.assertIn(until, calls.mapped("call_at"))

    def test_bounds_of_a_deputy(self):
        """A period needs a length, and an unassigned case has no deputy."""
        with self.assertRefused("must end in the"):
            self._appoint(self._inquiry(), seconds=0)
        with self.assertRefused("choose another person"):
            self._appoint(self._inquiry("integration"))
        case = self._as("supervisor", self._inquiry())
        with self.assertRefused("Say why a deputy"):
            acts.appoint_deputy(case, self.users["agent2"], self._later(days=1), " ")

    def test_all_are_given_back_in_batches(self):
        cases = self._inquiry() | self._inquiry() | self._inquiry()
        requests = self._at_door("agent", self.env["water.request"])
        request = requests.create(self._request_values()).with_env(self.env)
        until = self._appoint(cases)
        self._appoint(request)
        self.startPatcher(patch.object(water_case_deputy, "BATCH", 2))
        with freeze_time(fields.Datetime.to_string(until)), self.enter_registry_test_mode():
            self.env.ref("water_service_desk.ir_cron_deputies").method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(cases.acting_responsible_id | request.acting_responsible_id)
        self.assertEqual((cases.user_id, request.user_id), (self.users["agent"],) * 2)


@tagged("post_install", "-at_install")
class TestGoodbye(WaterCommon):
    """The end of an inquiry: script, tick and one thank-you (S2.3.4)."""

    def _mails(self, case):
        domain = [("model", "=", case._name), ("res_id", "=", case.id)]
        return self.env["mail.mail"].sudo().search(domain, order="id").mapped("subject")

    def test_dialog(self):
        case = self._inquiry(email_from="zhang@example.com", answer="每年 220 立方米。")
        work = self._as("agent", case)
        work.action_process()
        work.action_answer()
        action = work.action_goodbye()
        wizard = self._as("agent", self.env["water.close.wizard"])
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertIn("anything else", wizard.script)
        self.assertTrue(wizard.is_asked)
        with self.assertRaisesRegex(UserError, "thank the customer first"):
            wizard.action_close()
        wizard.anything_else = True
        wizard.action_close()
        self.assertEqual((case.state, case.said_goodbye), ("closed", True))
        self.assertIn("Thank you", self._mails(case)[-1])

    def test_one_mail_when_answered_at_once(self):
        case = self._inquiry(email_from="zhang@example.com", answer="每年 220 立方米。")
        self._as("agent", case).action_answer_and_close()
        self.assertFalse([subject for subject in self._mails(case) if "Thank you" in subject])
