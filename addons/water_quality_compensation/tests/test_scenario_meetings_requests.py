from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.appeal.tests.common import at
from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.request.tests.common import RequestCommon

from .meeting_common import MeetingCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioMeetingsRequests(RequestCommon, MeetingCommon):
    """Applications and repairs, where orders, pauses, materials and people meet."""

    def _forwarded(self, make=None, number="R-1"):
        order = {
            "external_source": "12345",
            "external_ref": number,
            "external_due_at": local("2026-03-20 17:30"),
            "channel_id": self._channel("hotline12345").id,
        }
        return (make or self._repair)(**order)

    def _home(self):
        values = {"code": "R-100", "partner_id": self.customer.id, "address": "东城路8号"}
        return self.env["water.account"].create(values)

    def _told(self, case):
        acts.tell_result(
            self._as("agent2", case), "phone", "told", "张伟", satisfaction="satisfied"
        )

    def _closed(self, case):
        self._told(case)
        acts.answer_order(self._as("agent", case), "已修复")
        acts.close(self._as("agent", case))
        self.assertEqual(case.state, "closed")
        return case

    # -- orders of other bodies ------------------------------------------------------------------

    def test_an_order_that_is_not_ours_is_returned(self):
        """Wrongly sent, it goes back in time, whether it asks for a repair or applies."""
        for number, make in (("R-1", self._repair), ("R-2", self._request)):
            with self.subTest(number):
                case = self._forwarded(make, number)
                acts.return_order(self._as("supervisor", case), "物业管网", "条例第三条", "住建局")
                self.assertEqual((case.external_state, case.state), ("returned", "withdrawn"))
                self.assertEqual(set(case.deadline_ids.mapped("state")), {"void"})
                self.assertWhole(case)

    def test_returned_while_the_crew_has_it(self):
        case = self._forwarded()
        self._dispatch(case)
        self._worker(self.net, self._lead(case)).action_accept()
        acts.return_order(self._as("supervisor", case), "物业管网", "条例第三条", "住建局")
        self.assertEqual((case.external_state, case.state), ("returned", "withdrawn"))
        self.assertEqual(self._lead(case).state, "cancelled")

    def test_an_order_comes_again_before_it_is_closed(self):
        """Told already, it is worked on again: no second round ends without work."""
        case = self._done(self._forwarded())
        acts.answer_order(self._as("agent", case), "已修复")
        self._told(case)
        acts.rehandle_order(self._as("agent", case), "仍漏水", local("2026-03-25 17:30"))
        self.env.invalidate_all()
        self.assertEqual((case.state, case.handling_round), ("processing", 2))
        self.assertFalse(case.fed_back_at or case.satisfaction)

    def test_an_order_comes_again_after_it_was_closed(self):
        """A repair can be taken up again: it keeps its number, and its clocks begin anew."""
        case = self._closed(self._done(self._forwarded()))
        again = acts.rehandle_order(self._as("agent", case), "仍漏水", local("2026-03-25 17:30"))
        self.env.invalidate_all()
        self.assertEqual((again.id, case.state, case.handling_round), (case.id, "processing", 2))
        self.assertTrue(self._clock(case, "external").is_pending)
        self.assertFalse(self._calls(case, "follow_up"))
        self.assertWhole(case)

    # -- withdrawn, paused, late -----------------------------------------------------------------

    def test_withdrawn_while_its_clock_stands_still(self):
        """No new date is announced for withdrawn work."""
        case = self._complaint(email_from="zhang@example.com")
        self._stop(self._clock(case, "close"), "2026-03-13 10:00")
        before = case.customer_message_ids
        with at("2026-03-12 10:00"):
            self._as("supervisor", case).write({"end_reason": "不要了", "state": "withdrawn"})
        self.env.invalidate_all()
        self.assertNotIn("running", case.deadline_ids.mapped("state"))
        new_date = self.env.ref("water_service_desk.mail_template_new_date")
        self.assertNotIn(new_date, (case.customer_message_ids - before).template_id)

    def test_answered_while_its_clock_stands_still(self):
        """With the result comes no new date for it."""
        case = self._complaint_at("handling", email_from="zhang@example.com")
        self._stop(self._clock(case, "close"), "2026-03-13 10:00")
        before = case.customer_message_ids
        with at("2026-03-12 10:00"):
            self._step_notified(case, "agent", self.net)
        self.env.invalidate_all()
        self.assertEqual(self._clock(case, "close").state, "met")
        new_date = self.env.ref("water_service_desk.mail_template_new_date")
        self.assertNotIn(new_date, (case.customer_message_ids - before).template_id)

    def test_no_material_is_taken_of_what_is_withdrawn(self):
        case = self._request()
        self._as("agent", case).action_issue_notice()
        self.assertTrue(case._portal_can("material"))
        self._as("agent", case).action_withdraw()
        self.assertFalse(case._portal_can("material"))
        with self.assertRaisesRegex(UserError, "past the check"):
            self._as("agent", case.material_ids[:1]).write({"state": "correct"})

    def test_a_delay_asked_for_and_the_work_is_done(self):
        """Done before the decision: no approval any more, and the result stands."""
        case = self._accepted()
        asked = acts.ask_decision(
            self._as("agent", case), "delay", self.frost, "临时供水", "土冻", 3
        )
        self._as("agent", case).action_process()
        case.result = "已接通"
        self._as("agent", case).action_finish()
        self.assertEqual(asked.state, "lapsed")
        with self.assertRaisesRegex(UserError, "decided already"):
            self._as("supervisor", asked).action_approve()

    def test_a_refusal_asked_for_and_the_work_is_done(self):
        """Finished work cannot be refused: no decision is asked for."""
        case = self._accepted()
        asked = acts.ask_decision(
            self._as("agent", case), "refusal", self.frost, "临时供水", "土冻"
        )
        self._as("agent", case).action_process()
        case.result = "已接通"
        self._as("agent", case).action_finish()
        self.assertEqual(asked.state, "lapsed")

    # -- over holidays ---------------------------------------------------------------------------

    def test_the_days_of_a_guide_over_the_spring_festival(self):
        """The Saturday that is worked counts, the festival does not."""
        with at("2026-02-13 15:00"):
            case = self._accepted()
            self.assertLocal(self._clock(case, "close").due_at, "2026-02-27 17:30")

    def test_accepted_on_a_saturday_that_is_worked(self):
        with at("2026-02-14 10:00"):
            case = self._accepted()
            self.assertLocal(self._clock(case, "close").due_at, "2026-02-28 17:30")

    # -- people and accounts ---------------------------------------------------------------------

    def test_the_holder_moves_while_he_applies(self):
        """An application belongs to its applicant: the new holder cannot read it."""
        home = self._home()
        case = self._request(account_id=home.id)
        self._as("agent", home).write({"partner_id": self.customer2.id})
        self.env.invalidate_all()
        self.assertEqual(case.partner_id, self.customer)
        self.assertTrue(self._as("portal1", case)._portal_find(case.id))
        self.assertFalse(self._as("portal2", case)._portal_find(case.id))

    def test_two_applications_on_one_account(self):
        """Two applicants for one account: merged, each is told; refused, neither waits."""
        home = self._home()
        first = self._request(account_id=home.id, email_from="zhang@example.com")
        second = self._request(
            account_id=home.id, partner_id=self.customer2.id, email_from="li@example.com"
        )
        self._merge(second, first)
        with self.assertRaisesRegex(UserError, second.name):
            self._as("agent", first).action_withdraw()

    def test_archived_customer(self):
        """An archived contact is still told the result of the application."""
        case = self._accepted(email_from="zhang@example.com")
        self.users["portal1"].active = False
        self.customer.active = False
        self._as("agent", case).action_process()
        case.result = "已接通"
        self._as("agent", case).action_finish()
        acts.tell_result(self._as("agent2", case), "email", "told", "张伟")
        self.assertTrue(case.fed_back_at)
        self.assertIn("zhang@example.com", case.customer_message_ids.mapped("address"))
