from datetime import timedelta

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.appeal.tests.common import at
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

from .meeting_common import MeetingCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioMeetingsResults(MeetingCommon):
    """Effects of a replaced result, and the owner of a missed limit."""

    second_company = False

    def _action(self, case):
        return case.improvement_ids.filtered("is_automatic")

    def _told_otherwise(self, case, finding):
        self._serve_again(case)
        liability = "company" if finding == "upheld" else "customer"
        case.with_user(self.users["supervisor"]).write({"finding": finding, "liability": liability})
        self._notify(case)
        self._step_confirmed(case, "agent", self.net)

    def test_found_right_again_after_an_appeal_had_cancelled_its_action(self):
        """The corrective action follows the result that was told last."""
        case = self._complaint_at("confirmed")
        action = self._action(case)
        self.assertEqual(action.state, "open")
        wrong = {"corrected_finding": "not_upheld", "corrected_liability": "customer"}
        self._first(case, "upheld", reopen=True, remedy="重新核实", **wrong)
        self.assertEqual(action.state, "cancelled")
        self._told_otherwise(case, "upheld")
        self.assertEqual((self._action(case), action.state), (action, "reopened"))

    def test_found_wrong_when_handled_again(self):
        case = self._complaint_at("confirmed")
        action = self._action(case)
        case._handle_again(None, "客户不认可", case._rehandle_path[case.state])
        self.env.invalidate_all()
        self.assertEqual(action.state, "open")
        self._told_otherwise(case, "not_upheld")
        self.assertEqual((case.validity, action.state), ("invalid", "cancelled"))

    def test_missed_during_deputyship(self):
        """Unassigned at the desk: it belongs to the deputy, not the absent user."""
        case = self._complaint_at("confirmed")
        case._handle_again(None, "客户不认可", case._rehandle_path[case.state])
        case.sudo().dispatch_ids._cancel()
        self.env.invalidate_all()
        self.assertFalse(case.user_id)
        clock = self._clock(case, "close")
        with at("2026-03-12 09:00"):
            until = clock.due_at + timedelta(days=7)
            acts.appoint_deputy(self._as("supervisor", case), self.users["agent2"], until, "休假")
        with freeze_time(clock.due_at + timedelta(minutes=1)):
            self._sweep()
        self.assertEqual(clock.state, "breached")
        self.assertEqual(clock.breached_user_id, self.users["agent2"])
        events = case.event_ids.filtered(lambda row: row.kind == "clock_breached")
        payload = next(row.payload for row in events if row.payload["clock"] == "close")
        self.assertEqual(payload["by"], self.users["agent2"].id)

    def test_missed_after_the_department_has_returned_it(self):
        """It waited at the desk: neither the forwarding nor the result is the department's."""
        case = self._complaint_at("dispatched")
        acts.reject(self._as("department", self._lead(case)), "属水质")
        self.env.invalidate_all()
        with at("2026-03-19 10:00"):
            self._sweep()
        for kind in ("dispatch", "close"):
            clock = self._clock(case, kind)
            self.assertEqual(clock.state, "breached", kind)
            self.assertFalse(clock.breached_department_id, kind)
            self.assertEqual(clock.breached_user_id, self.users["agent"], kind)

    def test_why_he_is_not_content_is_looked_at_though_it_is_closed_again(self):
        """By the proposed person, not by those the customer was dissatisfied with."""
        case = self._complaint_at("notified")
        acts.contest(self._as("agent", case), "没有解决")
        review = case.review_ids
        clock = review.deadline_ids
        self.assertEqual(clock.state, "running")
        self._told_again(case)
        self._step_confirmed(case, "agent", self.net)
        self.assertEqual((review.state, clock.state, clock.is_pending), ("open", "running", True))
        with freeze_time(clock.due_at + timedelta(minutes=1)):
            self._sweep()
        self.assertEqual(clock.state, "breached")
        self.assertFalse(clock.breached_department_id)
        self.assertFalse(clock.breached_user_id)

    def test_a_promise_within_what_was_granted(self):
        """More time was granted: so much may be promised, and no more."""
        case = self._complaint_at("dispatched")
        clock = self._clock(case, "close")
        asked = acts.extend(self._as("agent", clock), "等材料", 2)
        latest = local("2026-03-20 17:30")
        with self.assertRefused("promise no later than", case):
            acts.promise(self._as("agent", case), "二十号答复", latest)
        self._as("supervisor", asked).action_approve()
        self.assertEqual(clock.due_at, latest)
        promise = acts.promise(self._as("agent", case), "二十号答复", latest)
        self.assertEqual(promise.due_at, latest)
        with self.assertRefused("promise no later than", case):
            acts.promise(self._as("agent", case), "二十一号答复", latest + timedelta(days=1))

    def test_a_step_of_the_playbook_keeps_it_open_beyond_its_incident(self):
        """The list of what ends with it says so, before the end and not after."""
        todo = self.env.ref("mail.mail_activity_data_todo").id
        step = {"activity_type_id": todo, "summary": "核对地址", "water_blocks": True}
        plan = {"name": "停水", "res_model": "water.inquiry", "template_ids": [(0, 0, step)]}
        self._category("ot06").plan_ids = self.env["mail.activity.plan"].create(plan)
        incident = self._outage()
        values = {"category_id": self._category("ot06").id, "zone_id": incident.zone_ids.id}
        case = self._inquiry(**values)
        self.assertEqual(case.incident_id, incident)
        [line] = acts.dialog(incident, "action_restore").line_ids
        self.assertEqual(line.reason, "“核对地址” of the playbook is not done")
        self._as("agent", case.activity_ids).action_feedback("无误")
        [line] = acts.dialog(incident, "action_restore").line_ids
        self.assertNotEqual(line.group, "own")

    def _outage(self):
        zone = self.env["water.zone"].create({"code": "R-1", "name": "东城"})
        incident = self.env["water.incident"].create(
            {
                "subject": "东城停水",
                "zone_ids": zone.ids,
                "family_ids": self._category("ot").ids,
                "aware_at": local("2026-03-11 09:00"),
            }
        )
        incident.action_start()
        return incident

    def test_a_part_of_another_matter_is_in_no_incident(self):
        """Nor does it end with it."""
        incident = self._outage()
        zone = incident.zone_ids
        case = self._complaint(category_id=self._category("ot02").id, zone_id=zone.id)
        self.assertEqual(case.incident_id, incident)
        shares = {"words": [], "messages": [], "files": {}}
        facts = {"subject": "账单", "description": "账单也不对"}
        facts["category_id"] = self._category("bl02").id
        part = acts.split(self._as("agent", case), facts, shares, "两件事").with_env(self.env)
        self.assertFalse(part.incident_id)
        self.assertTrue(self._clock(part, "dispatch") or self._clock(part, "accept"))
