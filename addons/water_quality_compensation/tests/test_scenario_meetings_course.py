from odoo import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.appeal.tests.common import at
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

from .meeting_common import MeetingCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioMeetingsCourse(MeetingCommon):
    """Complaints whose limits, people and departments change on the way."""

    def _on(self, case, *states):
        for state in states:
            getattr(self, f"_step_{state}")(case, "agent", self.net)
            self.env.invalidate_all()

    def _unit(self, code):
        members = [Command.set(self.net.member_ids.ids)]
        values = {"name": code, "code": code, "member_ids": members}
        return self.env["water.department"].create(values)

    def _by(self, unit, state):
        case = self._complaint_at(state, department=unit)
        self.assertEqual(case.department_id, unit)
        return case

    def _extension(self, case, kind="close", days=2):
        clock = self._clock(case, kind)
        return acts.extend(self._as("agent", clock), "等检定", days)

    # -- departments that are closed -------------------------------------------------------------

    def test_handled_again_when_the_department_has_been_closed(self):
        """The department is empty: the desk gets the case, and is told to reassign it."""
        unit = self._unit("south")
        case = self._by(unit, "notified")
        unit.active = False
        acts.contest(self._as("agent", case), "没有解决")
        self.env.invalidate_all()
        self.assertEqual(case.handling_round, 2)
        self.assertFalse(self._at_work(case) or case.department_id)
        self.assertEqual(case.user_id, self.users["agent"])
        self._dispatch(case, self.lab)
        self.assertEqual(self._at_work(case).department_id, self.lab)

    def test_handled_again_when_a_helper_has_been_closed(self):
        unit = self._unit("south")
        case = self._complaint()
        acts.readback(self._as("agent", case))
        self._dispatch(case, self.net, unit)
        for row in case.dispatch_ids:
            work = self._as("department", row)
            work.action_accept()
            work.result = "已处理"
            if row.role == "support":
                work.action_finish()
        self._on(case, "handling", "notified")
        unit.active = False
        acts.contest(self._as("agent", case), "没有解决")
        self.env.invalidate_all()
        self.assertEqual(self._at_work(case).department_id, self.net)

    def test_merging_undone_when_the_department_has_been_closed(self):
        lead = self._complaint(partner_id=self.customer2.id)
        unit = self._unit("south")
        case = self._by(unit, "dispatched")
        self._merge(case, lead)
        unit.active = False
        self._undo(case)
        self.assertFalse(self._at_work(case))
        self._dispatch(case, self.lab)
        self.assertEqual(case.state, "dispatched")

    # -- people who have left --------------------------------------------------------------------

    def test_the_executive_in_charge_has_left(self):
        """A repeated order is reported to a present member of staff."""
        boss = self._new_user("boss", "base.group_user,water_service_desk.group_manager")
        self.net.deputy_id = boss
        case = self._order("2026-03-20 17:30", "C-1")
        self._on(case, "dispatched", "investigating", "handling", "notified")
        acts.answer_order(self._as("agent", case), "已处理")
        boss.active = False
        self.company.water_general_manager_id = self.users["manager"]
        self.assertEqual(case._vice_president(), self.users["manager"])

    def test_a_deputy_has_left(self):
        case = self._complaint()
        acts.appoint_deputy(
            self._as("supervisor", case), self.users["agent2"], local("2026-03-20 17:30"), "休假"
        )
        self.assertEqual(case._acting_responsible(), self.users["agent2"])
        self.users["agent2"].active = False
        self.assertEqual(case._acting_responsible(), self.users["agent"])

    def test_department_answer_without_handler(self):
        """The responsible person has left: a supervisor is told that the work is done."""
        case = self._complaint_at("handling")
        self.users["agent"].active = False
        work = self._as("department", self._lead(case))
        work.result = "已处理"
        work.action_finish()
        partner = self.users["supervisor"].partner_id
        heard = self.env["mail.message"].search([("partner_ids", "in", partner.ids)])
        self.assertTrue([t for t in heard.mapped("subject") if case.name in t and "Finished" in t])

    # -- extensions ------------------------------------------------------------------------------

    def test_approved_on_the_due_day(self):
        """A minute before and on the stroke of closing, never after it."""
        for minute, allowed in (("17:29", True), ("17:30", True), ("17:31", False)):
            with self.subTest(minute):
                with at("2026-03-11 10:00"):
                    case = self._complaint(address=f"东城路{minute}")
                    asked = self._extension(case)
                with at(f"2026-03-18 {minute}"):
                    if allowed:
                        self._as("supervisor", asked).action_approve()
                        due = "2026-03-20 17:30"
                        self.assertLocal(self._clock(case, "close").due_at, due)
                    else:
                        with self.assertRefused("The time is up", asked):
                            self._as("supervisor", asked).action_approve()
                        self._sweep()
                        self.assertEqual(self._clock(case, "close").state, "breached")
                        self.assertEqual(asked.state, "lapsed")

    def test_paused_over_the_due_moment(self):
        """The remaining time at the pause remains when it continues."""
        case = self._complaint()
        clock = self._clock(case, "close")
        with at("2026-03-18 16:30"):
            acts.pause(self._as("agent", clock), "等客户", local("2026-03-19 10:00"))
        with at("2026-03-19 10:00"):
            self._sweep()
        self.env.invalidate_all()
        self.assertEqual(clock.state, "running")
        self.assertLocal(clock.due_at, "2026-03-19 17:30")

    def test_graver_and_lighter_again_with_an_extension(self):
        """The granted extension stays, however the case was classified meanwhile."""
        case = self._complaint()
        asked = self._extension(case)
        self._as("supervisor", asked).action_approve()
        before = self._clock(case, "close").due_at
        mine = self._as("supervisor", case)
        mine.write({"severity": "urgent", "triage_reason": "老人独居"})
        mine.write({"severity": "normal", "triage_reason": "子女在家"})
        self.env.invalidate_all()
        self.assertEqual(self._clock(case, "close").due_at, before)

    # -- appeals ---------------------------------------------------------------------------------

    def test_the_last_minute_to_appeal(self):
        for moment, allowed in (("2026-03-26 23:59", True), ("2026-03-27 00:01", False)):
            with self.subTest(moment):
                with at("2026-03-11 10:00"):
                    case = self._complaint_at("notified", address=f"东城路{moment}")
                with at(moment):
                    self.assertEqual(bool(acts.appeal_until(case)), allowed)

    def test_to_an_outside_body_after_the_review(self):
        """An external appeal needs no deadline, and the internal way stays open."""
        case = self._complaint_at("notified")
        self._first(case)
        with at("2026-06-11 10:00"):
            outside = self._appeal(case, external_body="市水务局", external_number="W-1")
        self.assertEqual(outside.level, "external")
        self.assertIn("filed", case.appeal_ids.mapped("state"))

    # -- names -----------------------------------------------------------------------------------

    def test_a_nameless_one_gives_his_name(self):
        """From then on the customer gets mails and calls as usual."""
        case = self._complaint(partner_id=False, is_anonymous=True, address="城东营业厅")
        self._as("agent", case).write(
            {"is_anonymous": False, "partner_id": self.customer.id, "phone": "13812345678"}
        )
        self.env.invalidate_all()
        self._on(case, "dispatched", "investigating", "handling", "notified", "confirmed")
        self.assertEqual(case.notice_ids.told_to, "张伟")
        self.assertTrue(self._calls(case, "follow_up"))

    # -- at the top ------------------------------------------------------------------------------

    def test_the_general_manager_is_complained_of(self):
        """The person misses all escalation steps; another is notified of each."""
        boss = self.users["manager"]
        self.company.water_general_manager_id = boss
        case = self._complaint(person_complained_id=boss.id)
        for moment in ("2026-03-18 17:31", "2026-03-19 17:31", "2026-03-23 17:31"):
            with at(moment):
                self._sweep()
        with at("2026-03-27 09:00"):
            self._sweep()
        notices = self.env["water.escalation.notice"].search(
            [("deadline_id", "in", case.deadline_ids.ids)]
        )
        self.assertTrue(notices)
        self.assertNotIn(boss, notices.user_id)
        steps = self.env["water.escalation.step"].search([("recipient", "=", "general_manager")])
        self.assertIn(steps[:1], notices.step_id)

    def test_no_one_on_call_at_night_goes_to_desk(self):
        """A night emergency is reported to the department's people, never to no one."""
        self.net.on_call_user_ids = [Command.clear()]
        with at("2026-03-12 02:00"):
            case = self._complaint(severity="emergency", triage_reason="爆管")
            acts.readback(self._as("agent", case))
            self._dispatch(case)
        with at("2026-03-12 02:30"):
            self._sweep()
        notices = self.env["water.escalation.notice"].search(
            [("deadline_id", "in", case.deadline_ids.ids)]
        )
        with at("2026-03-12 09:00"):
            self._sweep()
        later = self.env["water.escalation.notice"].search(
            [("deadline_id", "in", case.deadline_ids.ids)]
        )
        self.assertTrue(later or notices)
