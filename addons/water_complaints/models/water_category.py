from odoo import fields, models


class WaterCategory(models.Model):
    _inherit = "water.category"

    retention_years = fields.Integer(
        string="Keep Complaints (Years)",
        help="Years for which an archived complaint is kept; 0: as the family says, else the"
        " company's setting.",
    )

    is_claim = fields.Boolean(
        string="Claim of Its Own",
        help="Such as for flood damage: hangs on any incident of its area, and stays open when the"
        " incident is over.",
    )

    _retention_sane = models.Constraint(
        "CHECK (retention_years BETWEEN 0 AND 100)", "Choose 0 to 100 years."
    )
