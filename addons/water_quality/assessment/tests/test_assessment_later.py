import io

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local

from .common import AssessmentCommon


@tagged("post_install", "-at_install")
class TestAssessmentLater(AssessmentCommon):
    """Late final findings and reversals after an assessment was confirmed."""

    def test_nothing_deducted_is_no_minus(self):
        assessment = self._published()
        self._confirmed(assessment)
        name, content = self._as("quality", assessment)._as_table()
        rows = {row[1]: row for row in load_workbook(io.BytesIO(content)).active.values if row[1]}
        self._put(self._line(assessment), deducted=0)
        self.assertEqual(str(self._line(assessment)._table_row()[3].value), "0")
        self.assertEqual(rows[self.net.name][3], -2)

    def test_later_withdrawal_blames_no_one(self):
        """Stars, ranks and letters go by the score as it is by now (2.3: only upheld ones)."""
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

    def test_two_appeals_hold_until_final(self):
        """Also two periods later, once, and only for people assessed then."""
        self._put(self.clock, excuse_state="asked")
        self._published()
        for month, state, held in (("03", "asked", 0), ("04", "refused", 1), ("05", "refused", 0)):
            self._put(self.clock, excuse_state=state)
            self._put(self.sheet, period_start=f"2026-{month}-01")
            with freeze_time(f"2026-{int(month) + 1:02}-06"):
                drawn = self._drawn(period_start=f"2026-{month}-01")
                self.assertEqual(len(self._entries(drawn)), held, month)
                self._as("quality", drawn).action_publish()

    def test_no_one_answers_for_unassessed_time(self):
        self._put(self.clock, excuse_state="asked")
        self.scheme.department_ids = self.lab
        self._put(self._published(), state="confirmed")
        self.scheme.department_ids = self.lab | self.net
        self._put(self.clock, excuse_state="refused")
        self._put(self.sheet, period_start="2026-03-01")
        with freeze_time("2026-04-06"):
            self.assertFalse(self._entries(self._drawn(period_start="2026-03-01")))

    def _drawn_in_march(self, scheme):
        with freeze_time("2026-04-06"):
            drawn = self._drawn(scheme_id=scheme.id, period_start="2026-03-01")
            self._as("quality", drawn).action_publish()
        return drawn

    def test_final_after_scheme_was_replaced(self):
        """It counts in the first period of the new scheme, by its points, for people in both."""
        self._put(self.clock, excuse_state="asked")
        self._published()
        self._put(self.clock, excuse_state="refused")
        self._put(self.sheet, period_start="2026-03-01")
        beside = self._scheme(name="服务月考核")
        self.scheme.active = False
        only_lab = self._scheme(name="水质月考核", department_ids=[Command.set(self.lab.ids)])
        people = self._scheme(name="人员月考核", subject="person")
        beside.rule_ids.filtered(lambda rule: rule.kind == "overdue").points = 4
        drawn = self._drawn_in_march(beside)
        self.assertEqual(self._entries(drawn).mapped("points"), [-4])
        self.assertEqual(drawn.line_ids.filtered("entry_ids").department_id, self.net)
        for scheme in (only_lab, people):
            self.assertFalse(self._entries(self._drawn_in_march(scheme)), scheme.name)

    def test_a_scheme_beside_one_that_goes_on_takes_nothing_of_it(self):
        self._put(self.clock, excuse_state="asked")
        self._published()
        self._put(self.clock, excuse_state="refused")
        self._put(self.sheet, period_start="2026-03-01")
        beside = self._scheme(name="服务月考核")
        self.assertFalse(self._entries(self._drawn_in_march(beside)))
        held = self._drawn_in_march(self.scheme)
        self.assertEqual(len(self._entries(held)), 1)

    def test_the_new_scheme_enters_nothing_that_the_old_one_has(self):
        self._published()
        self.scheme.active = False
        self._put(self.sheet, period_start="2026-03-01")
        self.assertFalse(self._entries(self._drawn_in_march(self._scheme(name="新办法"))))

    def test_a_scheme_of_quarters_that_replaces_one_of_months(self):
        self._put(self.clock, excuse_state="asked", due_at=local("2026-03-20 17:30"))
        self._put(self.sheet, period_start="2026-03-01")
        self._drawn_in_march(self.scheme)
        self._put(self.clock, excuse_state="refused")
        self.scheme.active = False
        self._put(self.sheet, period_start="2026-04-01", kind="quarter")
        quarters = self._scheme(name="季考核", kind="quarter")
        with freeze_time("2026-07-06"):
            drawn = self._drawn(scheme_id=quarters.id, period_start="2026-04-01")
        self.assertEqual(len(self._entries(drawn)), 1)
