from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.appeal.tests.common import AppealCommon
from odoo.addons.water_service_desk.base.tests.common import NOW


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestImprovementAppeal(AppealCommon):
    """A corrective action follows the finding in force."""

    def test_finding_falls_and_rises(self):
        """Cancelled when no longer upheld; reopened if upheld again."""
        case = self._complaint_at("confirmed")
        row = case.improvement_ids
        self.assertEqual(row.state, "open")
        self._first(case, "upheld", corrected_finding="not_upheld", corrected_liability="customer")
        self.assertEqual(row.state, "cancelled")
        self._second(case, "upheld", corrected_finding="upheld", corrected_liability="company")
        self.assertEqual(row.state, "reopened")
        self.assertEqual(case.improvement_ids, row)

    def test_opened_by_an_appeal(self):
        """None without an upheld finding, until the appeal changes it."""
        case = self._complaint_at("investigating")
        work = self._worker(self.net, case)
        self._conclude(work, finding="not_upheld", liability="customer")
        self._judge(case, "rejected")
        work.action_verify()
        self._step_notified(case, "agent", self.net)
        self._step_confirmed(case, "agent", self.net)
        self.assertFalse(case.improvement_ids)
        self._first(case, "upheld", corrected_finding="upheld", corrected_liability="company")
        self.assertEqual(case.improvement_ids.mapped("state"), ["open"])
