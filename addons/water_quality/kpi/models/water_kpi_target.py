from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class WaterKpiTarget(models.Model):
    """The target of a figure and its floor, for a time."""

    _name = "water.kpi.target"
    _inherit = ["water.mixin"]
    _description = "Target of a Key Figure"
    _order = "kpi_id, valid_from desc, id"
    _rec_name = "target"

    kpi_id = fields.Many2one("water.kpi", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", index=True, help="Empty: for all companies.")
    valid_from = fields.Date(required=True, default="2000-01-01")
    valid_until = fields.Date(help="Empty: until further notice.")
    target = fields.Float(required=True, digits=(16, 2))
    floor = fields.Float(
        string="Limit of Tolerance",
        digits=(16, 2),
        help="A figure between the target and this limit is near its target; beyond it, missed. If "
        "both are equal there is no range between.",
        compute="_compute_floor",
        store=True,
        readonly=False,
    )
    source = fields.Char(translate=True, help="Title and clause; empty: a decision of our own.")

    @api.depends("target")
    def _compute_floor(self):
        for row in self:
            row.floor = row.floor or row.target

    @api.constrains("kpi_id", "company_id", "valid_from", "valid_until", "target", "floor")
    def _check_target(self):
        """No two targets on one day, and the tolerance lies on the worse side of the target."""
        for row in self:
            worse = {"up": row.floor <= row.target, "down": row.floor >= row.target}
            if not worse.get(row.kpi_id.direction, True):
                raise ValidationError(
                    self.env._(
                        "%s: the limit of tolerance is stricter than the target.", row.kpi_id.code
                    )
                )
            for other in row.kpi_id.target_ids - row:
                if other.company_id == row.company_id and row._overlaps(other):
                    raise ValidationError(
                        self.env._("%s: two targets hold on the same day.", row.kpi_id.code)
                    )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_figure()
        return rows

    def write(self, vals):
        """Refuse to change a target shown by a checked or closed sheet; it may end."""
        if vals.keys() - {"valid_until", "source"}:
            self._check_unused()
        done = super().write(vals)
        if "kpi_id" in vals:
            self._check_figure()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        self._check_unused()

    def _check_unused(self):
        """Refuse where a checked or closed sheet goes by the target.

        :raises UserError: with the way to change it
        """
        # sudo: water.kpi.line - asked for whether there is one
        lines = self.env["water.kpi.line"].sudo()
        if lines.search_count(
            [("target_id", "in", self.ids), ("sheet_id.state", "!=", "draft")], limit=1
        ):
            raise UserError(
                self.env._(
                    "A sheet that is checked or final goes by this target. End it, and add a new"
                    " one that holds from the next day on."
                )
            )

    def _check_figure(self):
        self.kpi_id.check_access("read")

    def _overlaps(self, other):
        begins = not self.valid_until or other.valid_from <= self.valid_until
        return begins and (not other.valid_until or other.valid_until >= self.valid_from)

    def _light(self, value):
        direction = self.kpi_id.direction
        if not self or direction == "none":
            return False
        sign = 1 if direction == "up" else -1
        if sign * value >= sign * self.target:
            return "met"
        return "near" if sign * value >= sign * self.floor else "missed"
