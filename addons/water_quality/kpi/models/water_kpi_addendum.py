from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base.trust import is_trusted
from odoo.addons.water_service_desk.base.words import strip_invisible


class WaterKpiAddendum(models.Model):
    """A later finding about a closed sheet: the figure as counted now, and why.

    The closed number stays; the addendum is shown beside it, on the sheet and in print.
    """

    _name = "water.kpi.addendum"
    _inherit = ["water.never.deleted.mixin", "water.mixin"]
    _description = "Addendum to a Closed Figure"
    _order = "id"
    _rec_name = "line_id"
    _allow_sudo_commands = False

    line_id = fields.Many2one(
        "water.kpi.line", string="Figure", required=True, index=True, ondelete="restrict"
    )
    sheet_id = fields.Many2one(related="line_id.sheet_id", store=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, index=True)
    reason = fields.Text(required=True)
    numerator = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    denominator = fields.Float(readonly=True, digits=(16, 2), aggregator=None)
    closed_text = fields.Char(string="As Closed", compute="_compute_texts")
    value_text = fields.Char(string="As Counted Now", compute="_compute_texts")
    user_id = fields.Many2one("res.users", string="By", readonly=True)
    at = fields.Datetime(string="On", readonly=True)

    @api.depends("line_id", "numerator", "denominator")
    def _compute_texts(self):
        for row in self:
            line = row.line_id
            counted = row._counted() if line and not row.id else (row.numerator, row.denominator)
            row.closed_text = bool(line) and f"{line.value_text} ({line.parts_text})"
            row.value_text = bool(line) and line.kpi_id._written(line.kpi_id._value(*counted))

    def _counted(self):
        line = self.line_id.sudo()
        sheet = line.sheet_id
        found = line.kpi_id._count(sheet.company_id, sheet.period_start, sheet._end())
        return found.get(line._key(), (0, 0))

    @api.model_create_multi
    def create(self, vals_list):
        """Count the figure again and store it with its reason.

        :raises AccessError: except by supervisors, quality and managers
        :raises UserError: if the sheet is not closed, or without a reason
        """
        rows = []
        for vals in vals_list:
            given = vals.get("line_id")
            line = (
                self.env["water.kpi.line"].browse(given if isinstance(given, int) else []).exists()
            )
            line.sheet_id._check_role()
            if not line or line.sheet_id.state != "closed":
                raise UserError(self.env._("Only a closed sheet has addenda."))
            if not strip_invisible(vals.get("reason")):
                raise UserError(self.env._("Give the reason."))
            numerator, denominator = self.new({"line_id": line.id})._counted()
            rows.append(
                {
                    "line_id": line.id,
                    "reason": vals["reason"],
                    "numerator": numerator,
                    "denominator": denominator,
                    "user_id": self.env.uid,
                    "at": fields.Datetime.now(),
                }
            )
        return super().create(rows)

    def write(self, vals):
        if not is_trusted(self.env):
            raise AccessError(self.env._("An addendum is not changed; write another one."))
        return super().write(vals)

    # -- kpi line table ------------------------------------------------------------------------

    def _cells(self):
        """Return the closed figure and the present one."""
        line, counted = self.line_id, (self.numerator, self.denominator)
        return line.kpi_id._cell(line._figure()), line.kpi_id._cell(line.kpi_id._value(*counted))
