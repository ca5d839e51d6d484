from odoo import fields, models


class ResCompany(models.Model):
    """How long an answer of the customer is waited for."""

    _inherit = "res.company"

    water_confirm_days = fields.Integer(
        string="Confirmation of Results",
        default=5,
        help="Calendar days after which a customer who has not confirmed the result is asked again;"
        " after as many again the complaint is closed as unanswered. 0: never.",
    )

    _water_confirm_sane = models.Constraint(
        "CHECK (water_confirm_days >= 0)", "Give the days for an answer of the customer from 0."
    )
