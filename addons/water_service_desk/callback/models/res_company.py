from odoo import fields, models


class ResCompany(models.Model):
    """When customers are called, and how often."""

    _inherit = "res.company"

    water_call_from = fields.Float(
        string="Call Customers Between",
        default=9,
        help="Hours of the office's time zone; the rest of the day is quiet.",
    )
    water_call_until = fields.Float(string="and", default=20)
    water_call_attempts = fields.Integer(
        string="Tries to Call",
        default=3,
        help="After so many unsuccessful calls the customer counts as unreachable (S2.3.3a).",
    )

    _water_calls = models.Constraint(
        "CHECK (water_call_from >= 0 AND water_call_until <= 24"
        " AND water_call_from < water_call_until AND water_call_attempts BETWEEN 1 AND 20)",
        "Choose calling hours that begin before they end, and 1 to 20 tries.",
    )

    def _water_call_hours(self):
        return self.water_call_from, self.water_call_until
