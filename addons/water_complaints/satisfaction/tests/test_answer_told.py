from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW

from ...complaint.tests import acts
from ...complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAnswerTold(ComplaintCommon):
    """Staff see the customer's answer, and whose turn it was."""

    def test_answer_in_the_chain(self):
        """The chain names the rated aspects, not two bare numbers."""
        case = self._complaint_at("notified")
        acts.confirm(self._as("agent", case), "oral", "2", "4", "还是不满意")
        (event,) = case.event_ids.filtered(lambda row: row.kind == "confirmed")
        for name, score in (("satisfaction_result", "2"), ("satisfaction_process", "4")):
            label = case._fields[name]._description_string(self.env)
            self.assertIn(f"{label}: {score}", event.details)

    def test_next_person_without_limit(self):
        case = self._complaint_at("notified")
        self.assertFalse(case.next_due_kind)
        self.assertEqual(case.next_step, f"In the hands of {self.users['agent'].name}")
