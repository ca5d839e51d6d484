from odoo import fields, models


class ResCompany(models.Model):
    """How long an order can be returned."""

    _inherit = "res.company"

    water_return_days = fields.Integer(
        string="Return of Orders",
        default=2,
        help="Working days within which an order of another body can be returned to it.",
    )

    _water_return_sane = models.Constraint(
        "CHECK (water_return_days > 0)", "Give at least one day to return an order."
    )
