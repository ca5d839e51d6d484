from odoo import fields, models


class ResCompany(models.Model):
    """Limits of integrations."""

    _inherit = "res.company"

    water_api_limit = fields.Integer(
        string="API Calls per Minute",
        default=120,
        help="Calls per minute that one integration may make. 0: no limit.",
    )

    _water_api_sane = models.Constraint(
        "CHECK (water_api_limit >= 0)", "Limits of integrations must not be negative."
    )
