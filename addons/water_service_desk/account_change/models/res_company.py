from odoo import fields, models


class ResCompany(models.Model):
    """How long payments wait after a change."""

    _inherit = "res.company"

    water_freeze_days = fields.Integer(
        string="Payments Wait (days)",
        default=7,
        help="After another holder, payee, bank account or contact of an account. 0: until a"
        " second person has confirmed it, and no longer.",
    )

    _water_freeze_sane = models.Constraint(
        "CHECK (water_freeze_days >= 0)", "Days must not be negative."
    )
