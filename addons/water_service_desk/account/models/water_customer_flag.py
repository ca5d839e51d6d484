from odoo import fields, models


class WaterCustomerFlag(models.Model):
    """A mark that agents must know before speaking: dialysis at home, frail, VIP."""

    _name = "water.customer.flag"
    _inherit = ["water.code.mixin", "water.mixin"]
    _description = "Customer Flag"
    _order = "sequence, id"

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    served_first = fields.Boolean(
        help="Gets water and news before others when the supply is interrupted."
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "A flag with this code exists already.")
