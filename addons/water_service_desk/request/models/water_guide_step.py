from odoo import fields, models

from ...clock.models.water_standard_line import UNITS


class WaterGuideStep(models.Model):
    """One step of a business, with the time it takes."""

    _name = "water.guide.step"
    _inherit = ["water.guide.part.mixin", "water.mixin"]
    _description = "Step of a Guide"

    name = fields.Char(string="What Is Done")
    department_id = fields.Many2one("water.department", string="Done by")
    amount = fields.Float(string="Within", help="0: at once.")
    unit = fields.Selection(UNITS, default="working_day")
    note = fields.Char(translate=True)

    _amount_sane = models.Constraint(
        "CHECK (amount >= 0 AND amount <= 10000)", "A time limit must not be negative."
    )

    def _limit_text(self):
        """Return the duration of the step in words, in the environment's language."""
        self.ensure_one()
        if not self.amount:
            return self.env._("at once")
        units = dict(self._fields["unit"]._description_selection(self.env))
        return f"{self.amount:g} {units.get(self.unit, '')}".strip()
