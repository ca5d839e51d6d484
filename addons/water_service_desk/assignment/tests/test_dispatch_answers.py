from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon, local


@tagged("post_install", "-at_install")
class TestDispatchAnswers(WaterCommon):
    """Recipients of a dispatch, what its department sees, and the effect of its report."""

    def setUp(self):
        super().setUp()
        self.case = self._inquiry()

    def _helper(self, case=None):
        rows = (case or self.case).dispatch_ids.filtered(lambda row: row.role == "support")
        return rows.sorted("id")[-1:]

    def _read(self, login):
        """Notices to a member of staff, newest first."""
        partner = self.users[login].partner_id
        found = self.env["mail.message"].sudo().search([("partner_ids", "in", partner.ids)])
        return found.filtered("subject").sorted("id", reverse=True)

    def _told_of_new(self, login):
        return len([row for row in self._read(login) if "new dispatches" in row.subject])

    def test_notified_of_new_work(self):
        """Members and head of the department; in an emergency people on call as well."""
        self.net.manager_id, self.net.on_call_user_ids = self.users["quality"], self.users["plain"]
        logins = ("department", "quality", "plain", "department2")
        self._dispatch(self.case)
        self.assertEqual([self._told_of_new(login) for login in logins], [1, 1, 0, 0])
        self.assertIn("<li>", self._read("department")[0].body)
        self.assertFalse(self._read("department")[0].res_id, "no case keeps what is a list")
        urgent = self._inquiry(severity="emergency")
        self._dispatch(urgent)
        self.assertEqual([self._told_of_new(login) for login in logins], [2, 2, 1, 0])

    def test_decided_by_a_supervisor_after_a_return_alone(self):
        for login, returned, ruled in (
            ("supervisor", False, False),
            ("agent", True, False),
            ("supervisor", True, True),
        ):
            case = self._inquiry()
            if returned:
                acts.reject(self._as("department", self._dispatch(case)), "属水质")
            lead = self._dispatch(case, self.lab, login=login)
            self.assertEqual((lead.is_ruling, lead.handling_round), (ruled, 1), (login, returned))

    def test_address_of_the_case(self):
        """In full as long as the department works on it."""
        self.case = self._inquiry(address="东城路8号")
        states = []
        dispatch = self._dispatch(self.case)
        for act in (lambda: None, "action_accept", "action_finish"):
            if act == "action_finish":
                self._as("department", dispatch).result = "已查"
            if isinstance(act, str):
                getattr(self._as("department", dispatch), act)()
            dispatch.invalidate_recordset()
            states.append((dispatch.state, dispatch.case_address == "东城路8号"))
        self.assertEqual(states, [("sent", True), ("accepted", True), ("finished", False)])
        self.assertEqual(dispatch.case_address, self.case.address_masked)
        shown = f"{self.case.contact_masked} {self.case.phone_masked}"
        self.assertEqual((dispatch.case_contact, dispatch.case_severity), (shown, "normal"))
        self.assertEqual(dispatch.case_due_at, self.case.next_due_at)
        self.assertEqual(dispatch.case_time_left, self.case.time_left)
        self.assertFalse(dispatch.case_is_late)

    def test_columns_of_the_board(self):
        """Withdrawn ones have none of their own."""
        columns = self.env["water.dispatch"]._group_expand_state([], [])
        self.assertEqual(columns, ["sent", "accepted", "finished", "rejected"])

    def test_customer_additions(self):
        dispatch = self._dispatch(self.case)
        self.assertEqual(dispatch.customer_words, "")
        for text in ("水还是黄", "", "已两天"):
            self.case._log_events("customer_message", {"text": text})
        dispatch.invalidate_recordset()
        self.assertEqual(dispatch.customer_words, "水还是黄\n\n已两天")

    def test_a_department_that_was_closed_does_not_help_either(self):
        old = self.env["water.department"].create({"name": "旧部", "code": "T-OLD"})
        other = self.env["water.department"].create({"name": "旁部", "code": "T-OTHER"})
        old.active = False
        self._dispatch(self.case, self.net, old)
        self.assertFalse(self._helper())
        self._dispatch(self.case, self.net, other)
        self.assertEqual(self._helper().department_id, other)
        with self.assertRefused("1 dispatches to .*旁部.* are still open", other):
            other.active = False
            self.env.flush_all()
        self._as("agent", self._helper()).action_withdraw()
        other.active = False
        self.env.flush_all()
        self.assertFalse(other.active)

    def test_sent_again(self):
        """The text stays without a new one; another role is another dispatch."""
        lead = self._dispatch(self.case, self.net, self.lab, note="请现场查看")
        helper = self._helper()
        with self.assertRefused("cannot support itself"):
            self._dispatch(self.case, self.net, self.net | self.lab)
        again = self._dispatch(self.case, self.net, self.lab)
        self.assertEqual((again, again.note), (lead, "请现场查看"))
        self.assertEqual((self._helper(), helper.note), (helper, "请现场查看"))
        self.assertEqual(len(self.case.dispatch_ids), 2)
        acts.dispatch(self._as("agent", self.case), self.lab, self.net)
        self.assertEqual((lead.state, helper.state), ("cancelled", "cancelled"))
        self.assertEqual(self._lead(self.case).department_id, self.lab)
        self.assertEqual(self._helper().department_id, self.net)

    def test_dispatcher_of_unassigned_case_is_responsible(self):
        for login, first in (("agent2", "agent2"), ("su", None)):
            case = self._inquiry("integration")
            self._dispatch(case, login=login)
            self.assertEqual(case.first_responsible_id, self.users.get(first, case.user_id), login)

    def test_help_accepted_and_returned_starts_nothing(self):
        """The leader's acceptance counts; only the leader's return restarts dispatching."""
        lead = self._dispatch(self.case, self.net, self.lab)
        self._as("department2", self._helper()).action_accept()
        self.assertEqual(self._kinds(self.case)[-1], "support_accepted")
        before = len(self.case.deadline_ids.filtered(lambda row: row.kind == "dispatch"))
        acts.reject(self._as("department2", self._helper()), "不属水质")
        self.case.invalidate_recordset()
        self.assertFalse(self.case._clocks_of_dispatching())
        self.assertEqual(self.case._working_department(), self.net)
        with freeze_time("2026-03-11 03:00:00"):
            acts.reject(self._as("department", lead), "不属管网")
        self.case.invalidate_recordset()
        clock = self.case._clocks_of_dispatching()
        self.assertEqual(len(clock), 1)
        self.assertEqual(clock.started_at, fields.Datetime.to_datetime("2026-03-11 03:00:00"))
        clocks = self.case.deadline_ids.filtered(lambda row: row.kind == "dispatch")
        self.assertEqual(len(clocks), before + 1)
        self._dispatch(self.case, self.lab, login="supervisor")
        self.assertEqual(clock.state, "met")

    def test_help_meets_no_clock_of_dispatching(self):
        lead = self._dispatch(self.case, self.net)
        acts.reject(self._as("department", lead), "不属管网")
        self.env["water.dispatch"]._send([(self.case, self.lab, "support")])
        self.assertEqual(len(self.case._clocks_of_dispatching()), 1)

    def test_assigned_person_after_new_entry(self):
        acts.reject(self._as("department", self._dispatch(self.case)), "不属我部门")
        self.assertFalse(self.case._working_department())
        self.case.sudo().department_id = self.lab
        self.assertEqual(self.case._working_department(), self.lab)

    def test_returned_with_whose_it_is(self):
        dispatch = self._dispatch(self.case)
        with self.assertRefused("another department than the one that returns", dispatch):
            acts.reject(self._as("department", dispatch), "属水质", owner=self.net)
        facts = self.env.ref("water_service_desk.dispatch_reason_facts")
        acts.reject(self._as("department", dispatch), "属水质", facts, self.lab)
        self.assertEqual(dispatch.suggested_department_id, self.lab)
        event = self.case.event_ids.sorted("id")[-1]
        payload = {"department": "NET", "role": "lead", "reason": "属水质"}
        self.assertEqual(event.payload, {**payload, "kind": facts.code, "owner": "LAB"})
        self.assertEqual(dispatch.rejected_at, fields.Datetime.to_datetime(NOW))
        note = f"{self.net.name}: 属水质 It is for: {self.lab.name}."
        self.assertEqual(dispatch._return_note(), note)
        self.assertEqual(dispatch.browse()._return_note(), "")
        self.case.invalidate_recordset()
        self.assertEqual(self.case.return_note, note)
        self.assertEqual(self._wizard().department_id, self.lab, "whom the return names leads")
        self._dispatch(self.case, self.env.ref("water_service_desk.department_mtr"))
        self.assertEqual(self.case.return_note, "", "it is known since where it belongs")
        self.assertEqual(self._wizard().department_id.code, "MTR")

    def _wizard(self):
        wizards = self._as("agent", self.env["water.dispatch.wizard"])
        return wizards.with_context(active_model=self.case._name, active_ids=self.case.ids).create(
            {}
        )

    def test_the_dialog_sends_as_it_was_filled_in(self):
        """With its text and time; the leader is no helper."""
        wizard = self._wizard()
        wizard.write({"department_id": self.net.id, "note": "请查", "due_at": self._later(hours=3)})
        wizard.support_department_ids = self.lab
        wizard.action_dispatch()
        rows = self.case.dispatch_ids
        self.assertEqual(set(rows.mapped("note")), {"请查"})
        self.assertEqual(rows.department_id, self.net | self.lab)
        due = set(rows.deadline_ids.mapped("due_at"))
        self.assertEqual(due, {self._later(hours=3)})

    def test_answers_notify_responsible_person(self):
        """The deputy, or the owner; supervisors if both have left."""
        for gone, login in ((False, "agent"), (True, "supervisor")):
            case = self._inquiry()
            self.users["agent"].active = not gone
            dispatch = self._as("department", self._dispatch(case, login="supervisor"))
            dispatch.action_accept()
            dispatch.result = "已冲洗管道"
            dispatch.action_finish()
            message = self._read(login)[0]
            self.assertEqual(message.subject, f"{case.name}: {self.net.name} – Finished", gone)
            self.assertEqual(message.body, "<p>已冲洗管道</p>")
            self.assertEqual(dispatch.finished_at, fields.Datetime.to_datetime(NOW))

    def test_arrived_is_the_own_word_since_it_was_accepted(self):
        """Neither that of a helper, nor of those who have been there before."""
        lead, helper = self._dispatch(self.case, self.net, self.lab), self._helper()
        self.assertFalse(lead.has_arrived)
        for login, row in (("department", lead), ("department2", helper)):
            self._as(login, row).action_accept()
        self._as("department2", helper).action_arrived()
        both = lead | helper
        both.invalidate_recordset()
        self.assertEqual(both.mapped("has_arrived"), [False, True])
        self._as("department", lead).action_arrived()
        both.invalidate_recordset()
        self.assertEqual(both.mapped("has_arrived"), [True, True])
        later = fields.Datetime.to_datetime(NOW) + timedelta(seconds=1)
        with freeze_time(local("2026-03-11 10:00") + timedelta(seconds=1)):
            acts.dispatch(self._as("agent", self.case), self.lab)
            again = self._as("supervisor", self.case)
            acts.dispatch(again, self.net)
            second = self._lead(self.case)
            self._as("department", second).action_accept()
        self.assertEqual(second.accepted_at, later)
        second.invalidate_recordset()
        self.assertFalse(second.has_arrived, "they went there the first time")

    def test_help_is_withdrawn_by_the_desk(self):
        lead, helper = self._dispatch(self.case, self.net, self.lab), self._helper()
        with self.assertRefused("can only be replaced by a new dispatch", lead):
            self._as("agent", lead).action_withdraw()
        with self.assertRefused("not allowed to|Only service agents", helper):
            self._as("department2", helper).action_withdraw()
        with self.assertRefused("Only service agents can withdraw", helper):
            self._as("department", helper).action_withdraw()
        note = self._helper()._open_note()
        self.assertIn(f"{self.lab.name}, which supports", note)
        self.assertIn(f"{self.net.name}, which leads", lead._open_note())
        self.assertTrue(self._as("agent", helper).action_withdraw())
        self.assertEqual((lead.state, helper.state), ("sent", "cancelled"))
        with self.assertRefused("already answered", helper):
            self._as("agent", helper).action_withdraw()

    def test_at_work(self):
        """A department of the user, in the states asked for; by default unfinished ones."""
        lead = self._dispatch(self.case, self.net, self.lab)
        asked = ((), ("sent",), ("accepted",), ("finished",))

        def found(login):
            case = self._as(login, self.case)
            return [case._is_at_work(*states) for states in asked]

        self.assertEqual(found("department"), [True, True, False, False])
        self.assertEqual(found("agent"), [False] * 4)
        self._as("department", lead).action_accept()
        self.assertEqual(found("department"), [True, False, True, False])
        self.assertEqual(found("department2"), [True, True, False, False])
        self._as("department", lead).result = "已查"
        self._as("department", lead).action_finish()
        self.assertEqual(found("department"), [False, False, False, True])

    def test_written_text_is_the_report(self):
        lead = self._as("department", self._dispatch(self.case))
        lead.action_accept()
        lead.result = "已冲洗管道"
        self._as("department", self.case)._finish_own_work(" ")
        self.assertEqual(lead.state, "accepted")
        self._as("department", self.case)._finish_own_work("答复如下")
        self.assertEqual((lead.state, lead.result), ("finished", "已冲洗管道"))

    def test_the_button_costs_no_more_for_many(self):
        """Whether one may accept is asked for all cards of a board at once."""
        rows, counts = self.env["water.dispatch"].browse(), []
        for _round in range(2):
            for _index in range(3 if not rows else 9):
                rows |= self._dispatch(self._inquiry())
            self.env.flush_all()
            self.env.invalidate_all()
            mine = self._as("department", rows)
            before = self.env.cr.sql_log_count
            self.assertEqual({row["can_accept"] for row in mine.read(["can_accept"])}, {True})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
