import io

from openpyxl import load_workbook

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from .common import AssessmentCommon


@tagged("post_install", "-at_install")
class TestAssessmentLater(AssessmentCommon):
    """What becomes final late, and what is taken back after an assessment was confirmed."""

    def test_nothing_deducted_is_no_minus(self):
        assessment = self._published()
        self._confirmed(assessment)
        name, content = self._as("quality", assessment)._as_table()
        rows = {row[1]: row for row in load_workbook(io.BytesIO(content)).active.values if row[1]}
        self._put(self._line(assessment), deducted=0)
        self.assertEqual(self._line(assessment)._table_row()[3], "0.00")
        self.assertEqual(rows[self.net.name][3], "-2.00")

    def test_what_is_taken_back_later_blames_nobody_on_paper(self):
        """Stars, ranks and letters go by the score as it is by now (2.3: only what is upheld)."""
        self.scheme.write({"notice_below": 50, "order_below": 50, "star_2": 50})
        assessment = self._published()
        self._confirmed(assessment)
        line, entry = self._line(assessment), self._entries(assessment, "overdue")
        self.assertEqual((line.score_text, line.stars, line.is_noticed), ("48.00", 1, True))
        addenda = self.env["water.assessment.addendum"]
        values = {"line_id": line.id, "entry_id": entry.id, "points": 2, "reason": "复核免责"}
        added = self._as("quality", addenda).create(values)
        self.assertEqual((line.stars, line.is_noticed), (1, True))
        self.assertEqual(line._counted_entries(), entry)
        self._as("manager", added).action_agree()
        self.assertEqual((line.score_text, line.stars), ("50.00", 2))
        self.assertFalse(line.is_noticed or line.is_ordered)
        self.assertFalse(line._counted_entries())
        with self.assertRaisesRegex(UserError, "no supervision order"):
            self._as("quality", line).action_print_order()

    def test_what_two_appeals_keep_open_counts_when_it_is_final(self):
        """Two periods later as well, once, and for nobody who was not assessed then."""
        self._put(self.clock, excuse_state="asked")
        self._published()
        for month, state, held in (("03", "asked", 0), ("04", "refused", 1), ("05", "refused", 0)):
            self._put(self.clock, excuse_state=state)
            self._put(self.sheet, period_start=f"2026-{month}-01")
            with freeze_time(f"2026-{int(month) + 1:02}-06"):
                drawn = self._drawn(period_start=f"2026-{month}-01")
                self.assertEqual(len(self._entries(drawn)), held, month)
                self._as("quality", drawn).action_publish()

    def test_nobody_answers_for_a_time_in_which_he_was_not_assessed(self):
        self._put(self.clock, excuse_state="asked")
        self.scheme.department_ids = self.lab
        self._put(self._published(), state="confirmed")
        self.scheme.department_ids = self.lab | self.net
        self._put(self.clock, excuse_state="refused")
        self._put(self.sheet, period_start="2026-03-01")
        with freeze_time("2026-04-06"):
            self.assertFalse(self._entries(self._drawn(period_start="2026-03-01")))
