from odoo.exceptions import UserError
from odoo.tests import tagged

from .sheet_common import KpiSheetCommon


@tagged("post_install", "-at_install")
class TestKpiKept(KpiSheetCommon):
    """A closed sheet keeps its names, targets and lights; a moved one starts empty."""

    def test_closed_sheet_after_rename_keeps_its_names(self):
        kpi = self._as("manager", self._line().kpi_id)
        self._closed()
        with self.assertRaisesRegex(UserError, "new version"):
            kpi.name = "及时核实"

    def test_closed_sheet_after_new_target_keeps_target_and_light(self):
        self._closed()
        line = self._line()
        target = self._as("manager", line.target_id)
        shown = line.target_text, line.light
        for change in (lambda: target.write({"target": 1, "floor": 1}), target.unlink):
            with self.assertRaisesRegex(UserError, "add a new one"):
                change()
        target.valid_until = "2026-02-28"
        target.copy({"valid_from": "2026-03-01", "valid_until": False, "target": 1, "floor": 1})
        self.assertEqual((line.target_text, line.light), shown)

    def test_target_of_draft_is_edited(self):
        self._as("manager", self._line().target_id).write({"target": 50, "floor": 40})
        self.sheet.action_recount()
        self.assertIn("50.00", self._line().target_text)

    def test_sheet_moved_to_another_month_is_empty_until_counted(self):
        self.assertTrue(self.sheet.line_ids)
        self.sheet.period_start = "2026-01-01"
        self.assertFalse(self.sheet.sudo().line_ids)
        self.assertFalse(self.sheet.counted_at)
        self.assertFalse(self.sheet.can_check)
        self.sheet.action_recount()
        self.assertEqual(self._line().denominator, 0)
