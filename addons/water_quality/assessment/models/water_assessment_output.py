from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base import windows

from ...kpi.table import Number, workbook
from .water_assessment_line import EMPTY

NOTICE = "water_quality.action_report_assessment_notice"
ORDER = "water_quality.action_report_assessment_order"


class WaterAssessment(models.Model):
    """What is saved and printed of a confirmed assessment."""

    _inherit = "water.assessment"

    def _check_confirmed(self):
        self.check_access("read")
        if any(row.state != "confirmed" for row in self):
            raise UserError(self.env._("Confirm the assessment first."))

    def action_open_lines(self):
        """Open the lines that the reader may see."""
        self.ensure_one()
        self.check_access("read")
        domain = [("assessment_id", "=", self.id)]
        return windows.rows("water.assessment.line", self.name, domain, {"create": False})

    def action_save_table(self):
        """Save it for payroll."""
        self.ensure_one()
        self._check_confirmed()
        url = f"/water/assessment/{self.id}/table"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _check_printed(self, report_name):
        """Nobody is blamed on paper before the assessment is confirmed.

        :raises UserError: before that
        """
        self._check_confirmed()

    def action_print_notice(self):
        """Print the notice of criticism (通报)."""
        self._check_confirmed()
        return self.env.ref(NOTICE).report_action(self)

    def _as_table(self):
        """``(file name, bytes)`` for payroll: what the reader may see of it.

        :raises UserError: for what is not confirmed
        """
        self.ensure_one()
        self._check_confirmed()
        # by a search, which knows the rules of the reader
        lines = self.env["water.assessment.line"].search([("assessment_id", "=", self.id)])
        head = [
            self.env._("Rank"),
            self.env._("Assessed"),
            self.env._("By Figures"),
            self.env._("Deductions"),
            self.env._("Rewards"),
            self.env._("Addenda"),
            self.env._("Score"),
            self.env._("Stars"),
        ]
        above = [self.company_id.sudo().name, self.name]
        page = (self.env._("Assessment"), above, head, [line._table_row() for line in lines])
        return f"assessment-{self.id}-{self.period_start}.xlsx", workbook([page])

    def _day(self, at):
        """The company's day of a moment, for letters."""
        local = self.with_context(tz=self.company_id._water_tz())
        return fields.Datetime.context_timestamp(local, at).date()


class WaterAssessmentLine(models.Model):
    _inherit = "water.assessment.line"

    def _check_printed(self, report_name):
        """An order goes to whoever has failed, by an assessment that is confirmed.

        :raises UserError: otherwise
        """
        self.assessment_id._check_confirmed()
        if not all(self.mapped("is_ordered")):
            raise UserError(self.env._("The score asks for no supervision order."))

    def action_print_order(self):
        """Print the supervision order (督办单) to whoever has failed."""
        self._check_printed(ORDER)
        return self.env.ref(ORDER).report_action(self)

    def action_enter(self):
        """Open the dialog of an entry by hand, while the assessment is a draft."""
        self.ensure_one()
        self.assessment_id._check_keeps()
        known = {"default_line_id": self.id}
        return windows.dialog("water.assessment.entry", self.env._("New Entry"), known)

    def action_add(self):
        """Open the dialog of an addendum."""
        self.ensure_one()
        self.assessment_id._check_confirmed()
        known = {"default_line_id": self.id}
        return windows.dialog("water.assessment.addendum", self.env._("Addendum"), known)

    def _table_row(self):
        numbers = (self.base, -self.deducted, self.rewarded, self._added())
        numbers += (self._score_now(),)
        # none is 0.00, whatever its sign
        cells = [EMPTY if self.is_empty else Number(number or 0, "0.00") for number in numbers]
        return [self.rank or EMPTY, self.whose, *cells, self.stars or EMPTY]

    def _weak_results(self):
        """Figures that cost points, the dearest first."""
        rows = self.result_ids.filtered(lambda row: row._counts() and row.share < 100)
        return rows.sorted(lambda row: row.points - row.weight)

    def _counted_entries(self):
        """Entries that cost points, but for those that were wholly taken back since."""
        agreed = self.sudo().addendum_ids.filtered("second_by_id")
        back = {row: sum(rows.mapped("points")) for row, rows in agreed.grouped("entry_id").items()}
        return self.entry_ids.filtered(
            lambda row: row.state == "counts" and row.points + back.get(row.sudo(), 0) < 0
        )
