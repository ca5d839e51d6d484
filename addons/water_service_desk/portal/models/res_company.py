from odoo import fields, models


class ResCompany(models.Model):
    """Limits of signed-in customers."""

    _inherit = "res.company"

    water_portal_per_user = fields.Integer(
        string="Forms of a Customer",
        default=60,
        help="Filings, answers, uploads and decisions that one signed-in customer may send"
        " within an hour. 0: no limit.",
    )

    _water_forms_sane = models.Constraint(
        "CHECK (water_portal_per_user >= 0)", "Limits of what customers send must not be negative."
    )
