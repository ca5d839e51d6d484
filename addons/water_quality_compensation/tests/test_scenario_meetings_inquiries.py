from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_compensation.compensation_scheme.tests.common import SchemeCommon
from odoo.addons.water_complaints.appeal.tests.common import at
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from .meeting_common import MeetingCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioMeetingsInquiries(SchemeCommon, MeetingCommon):
    """Questions that were answered, come again, and become complaints."""

    def _asked(self, **values):
        return self._inquiry(category_id=self._category("bl02").id, **values)

    def _answered(self, **values):
        case = self._asked(**values)
        self._as("agent", case).answer = "按抄见数计费。"
        self._as("agent", case).action_answer()
        return case

    def _converted(self, case, login="agent"):
        values = {
            "demand": "今天给我答复",
            "address": "东城路8号",
            "category_id": self._category("bl02").id,
            "occurred_at": local("2026-03-09 09:00"),
        }
        mine = acts.convert(self._as(login, case), values, "说没人回电")
        self.env.invalidate_all()
        return mine.with_env(self.env)

    def _order(self, **values):
        return {
            "channel_id": self._channel("hotline12345").id,
            "external_source": "12345",
            "external_ref": "Q-1",
            "external_due_at": local("2026-03-13 17:30"),
            **values,
        }

    # -- what becomes a complaint ----------------------------------------------------------------

    def test_a_question_not_answered_keeps_its_time(self):
        """On its last day it becomes a complaint: the time goes on from the first word."""
        case = self._asked()
        with at("2026-03-13 17:00"):
            complaint = self._converted(case)
        self.assertEqual(complaint.received_at, case.received_at)
        self.assertLocal(self._clock(complaint, "close").due_at, "2026-03-18 17:30")

    def test_an_answered_question_begins_anew(self):
        """Answered in time; dissatisfaction is a new matter."""
        case = self._answered()
        with at("2026-04-08 10:00"):
            complaint = self._converted(case)
            self._sweep()
        self.env.invalidate_all()
        self.assertLocal(self._clock(complaint, "close").due_at, "2026-04-15 17:30")
        self.assertFalse(complaint.deadline_ids.filtered(lambda row: row.state == "breached"))
        self.assertFalse(complaint.sudo().compensation_ids)

    def test_one_letter_is_owed_for_once(self):
        """Late as an inquiry and as a complaint: one letter, one delay."""
        with at("2026-03-02 10:00"):
            case = self._asked(channel_id=self._channel("portal").id)
        with at("2026-03-17 10:00"):  # both were due on the 16th
            self._sweep()
            complaint = self._converted(case)
            self._sweep()
        self.env.invalidate_all()
        self.assertEqual(self._clock(complaint, "guarantee").state, "breached")
        self.assertEqual(case.sudo().compensation_ids.mapped("amount"), [40])
        self.assertFalse(complaint.sudo().compensation_ids)

    def test_an_answer_that_was_late_and_one_that_never_came(self):
        """Two letters: the first answered late, today's complaint not answered."""
        with at("2026-03-02 10:00"):
            case = self._asked(channel_id=self._channel("portal").id)
        with at("2026-03-17 10:00"):
            self._sweep()
            trusted(case.sudo().compensation_ids)._approve()  # before the customer is told
            self._as("agent", case).answer = "按抄见数计费。"
            self._as("agent", case).action_answer()
        with at("2026-03-18 10:00"):
            complaint = self._converted(case)
        with at("2026-04-02 10:00"):  # ten working days from the 18th
            self._sweep()
        self.env.invalidate_all()
        owed = (case.sudo().compensation_ids | complaint.sudo().compensation_ids).mapped("amount")
        self.assertEqual(owed, [40, 40])

    def test_the_call_of_this_hour_goes_along(self):
        """The customer waits for the promised call in any state of the case."""
        case = self._asked()
        acts.call_back(self._as("agent", case), local("2026-03-11 14:00"), "问水费")
        with at("2026-03-11 14:30"):
            complaint = self._converted(case)
        call = complaint.callback_ids
        self.assertEqual((call.state, call.note), ("open", "问水费"))
        self.assertLocal(call.due_at, "2026-03-11 15:00")

    def test_a_call_that_was_missed_goes_along(self):
        case = self._asked()
        call = acts.call_back(self._as("agent", case), local("2026-03-11 14:00"), "问水费")
        with at("2026-03-11 16:00"):
            self._sweep()
            complaint = self._converted(case)
        self.assertEqual(call.sudo().deadline_id.state, "breached")
        self.assertEqual(complaint.callback_ids.mapped("state"), ["open"])

    def test_an_order_answered_before_it_becomes_a_complaint(self):
        """The body has its answer: no limit of it begins, overdue, with the complaint."""
        case = self._answered(**self._order())
        acts.answer_order(self._as("agent", case), "已答复市民")
        with at("2026-03-16 10:00"):
            complaint = self._converted(case)
            self._sweep()
        self.env.invalidate_all()
        self.assertFalse(self._clock(complaint, "external").is_pending)
        self.assertEqual(complaint.external_state, "answered")
        self.assertEqual(complaint.external_answer, "已答复市民")
        self.assertNotIn("breached", complaint.deadline_ids.mapped("state"))

    def test_and_comes_again_from_its_body(self):
        """Handled again in the lead complaint, without a second inquiry."""
        case = self._answered(**self._order())
        acts.answer_order(self._as("agent", case), "已答复市民")
        complaint = self._converted(case)
        again = acts.rehandle_order(
            self._as("agent", complaint), "不满意", local("2026-03-25 17:30")
        )
        self.assertEqual(again.id, complaint.id)
        self.assertEqual((complaint.external_state, complaint.external_rehandle_count), ("open", 1))

    # -- answered, reopened, closed --------------------------------------------------------------

    def test_returned_with_a_wished_call(self):
        """Returned to its body: no call about it, and no clock runs."""
        case = self._asked(**self._order())
        call = acts.call_back(self._as("agent", case), local("2026-03-11 16:00"), "问水费")
        acts.return_order(self._as("supervisor", case), "不属我司", "条例第三条", "住建局")
        self.assertEqual((case.state, call.sudo().state), ("withdrawn", "void"))
        self.assertFalse(self._running(case.sudo()))

    def test_merged_with_a_wished_call_of_its_own(self):
        """After merging, the customer is still called as requested."""
        lead, case = self._asked(partner_id=self.customer2.id), self._asked()
        call = acts.call_back(self._as("agent", case), local("2026-03-11 16:00"), "问水费")
        self._merge(case, lead)
        self.assertEqual(call.sudo().state, "open")
        with at("2026-03-11 16:00"):
            self.assertTrue(self._as("agent", call).action_start())

    def test_closed_while_a_merged_one_waits_for_his_call(self):
        """Answering one customer does not replace the other's call, which comes first."""
        lead, case = self._asked(partner_id=self.customer2.id), self._asked()
        call = acts.call_back(self._as("agent", case), local("2026-03-11 16:00"), "问水费")
        self._merge(case, lead)
        lead.answer = "水价每吨三元"
        self._as("agent", lead).action_answer()
        self.assertEqual(call.sudo().deadline_id.state, "running")
        with self.assertRaisesRegex(UserError, f"{case.name}: the customer asked for a call"):
            self._as("agent", lead).action_close()
        self._as("agent", call).action_cancel()
        self._as("agent", lead).action_close()
        self.assertEqual(lead.state, "closed")

    # -- calls -----------------------------------------------------------------------------------

    def test_a_call_in_vain(self):
        """Each next try lies in the hours in which we call."""
        self.company.write({"water_call_from": 8.5, "water_call_until": 20})
        with at("2026-03-11 19:50"):
            case = self._complaint_at("confirmed")
            call = self._as("quality", case.callback_ids)
            call.action_no_answer()
        self.env.invalidate_all()
        self.assertLocal(case.callback_ids.next_attempt_at, "2026-03-12 08:30")

    def test_refused_it_is_asked_no_more(self):
        case = self._complaint_at("confirmed")
        call = self._as("quality", case.callback_ids)
        call.outcome = "refused"
        call.action_done()
        self.env.invalidate_all()
        self.assertEqual(case.callback_ids.mapped("state"), ["done"])
        self.assertEqual(self._clock(case, "callback").state, "met")
