from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_compensation.compensation_scheme.tests.common import SchemeCommon
from odoo.addons.water_complaints.appeal.tests.common import at
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

from .meeting_common import MeetingCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 10:00"))
class TestScenarioMeetingsVisits(SchemeCommon, MeetingCommon):
    """Appointments of cases that end before the visit: who asked for it, and the customer's
    message.

    A cancellation less than a day before costs £50, unless the customer asked for it.
    """

    def _visited(self, case):
        """The next morning, 17 hours after what happens to the case."""
        slot = (local("2026-03-12 09:00"), local("2026-03-12 11:00"))
        return acts.plan_visit(self._as("agent", case), self.net, *slot).with_env(self.env)

    def _others(self, login="agent2"):
        return self._complaint(login, partner_id=self.customer2.id, phone="13700009999")

    def _called_off(self, visit):
        self.env.invalidate_all()
        owed = sum(visit.sudo().compensation_ids.mapped("amount"))
        return visit.state, visit.changed_by, visit.change_reason, owed

    def test_merged(self):
        """The customer neither cancelled nor withdrew."""
        case = self._complaint_at("dispatched")
        visit = self._visited(case)
        self.customer.lang = self.env["res.lang"]._activate_lang("zh_CN").code
        with at("2026-03-11 16:00"):
            self._merge(case, self._others())
        words = case.with_context(lang="zh_CN")._stage_words()
        self.assertEqual(self._called_off(visit), ("cancelled", "company", words, 50))
        self.assertFalse(visit.compensation_reason)
        self.assertIn("合并", words)

    def test_merged_a_day_before(self):
        case = self._complaint_at("dispatched")
        visit = self._visited(case)
        with at("2026-03-11 09:00"):
            self._merge(case, self._others())
        self.assertEqual(self._called_off(visit)[3], 0)
        self.assertEqual(visit.compensation_reason, "in_time")

    def test_merging_undone(self):
        """The appointment stays cancelled, and its compensation stays owed once."""
        case = self._complaint_at("dispatched")
        visit = self._visited(case)
        with at("2026-03-11 16:00"):
            self._merge(case, self._others())
            self._undo(case)
        with at("2026-03-12 11:00:01"):
            self._sweep()
        called_off = self._called_off(visit)
        self.assertEqual((called_off[0], called_off[3]), ("cancelled", 50))
        self.assertEqual(len(visit.sudo().compensation_ids), 1)
        self.assertWhole(case)

    def test_becomes_a_complaint(self):
        case = self._inquiry()
        visit = self._visited(case)
        values = {
            "category_id": self._category("bl02").id,
            "address": "东城路8号",
            "occurred_at": local("2026-03-10 19:00"),
            "demand": "退费",
        }
        with at("2026-03-11 16:00"):
            new = acts.convert(self._as("agent", case), values, "不满意")
        words = f"We handle it as a complaint, under the number {new.name}."
        self.assertEqual(self._called_off(visit)[1:3], ("company", words))

    def test_not_accepted_and_withdrawn(self):
        for state, by, owed in (("rejected", "company", 50), ("withdrawn", "customer", 0)):
            with self.subTest(state):
                case = self._complaint()
                acts.readback(self._as("agent", case))
                visit = self._visited(case)
                self._as("agent", case).state = "registered"
                with at("2026-03-11 16:00"):
                    self._ended(case, state)
                self.assertEqual(self._called_off(visit)[1::2], (by, owed))

    def test_a_question_of_a_body_that_is_given_back(self):
        """The external body cancelled; the customer did not withdraw, and the message does not
        say so.
        """
        order = {"external_source": "12345", "external_ref": "V-1"}
        case = self._inquiry(external_due_at=local("2026-03-16 12:00"), **order)
        visit = self._visited(case)
        acts.return_order(self._as("supervisor", case), "不属我司", "《条例》第三条", "住建局")
        words = "Another body is in charge of it: we have given it back."
        self.assertEqual((case.state, case._stage_words()), ("withdrawn", words))
        self.assertEqual(self._called_off(visit)[1:3], ("company", words))
