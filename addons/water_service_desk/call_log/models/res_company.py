from odoo import fields, models


class ResCompany(models.Model):
    """How long it is kept who called."""

    _inherit = "res.company"

    water_call_keep_days = fields.Integer(
        string="Numbers of Calls",
        default=365,
        help="Days after which the number is taken out of a call that led to no case. 0: never.",
    )

    _water_calls_sane = models.Constraint(
        "CHECK (water_call_keep_days >= 0)", "Days of numbers of calls must not be negative."
    )
