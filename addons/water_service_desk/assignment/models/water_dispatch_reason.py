from odoo import fields, models


class WaterDispatchReason(models.Model):
    """Why a department returns a dispatch (退单): what the statistics count by."""

    _name = "water.dispatch.reason"
    _inherit = ["water.code.mixin", "water.mixin"]
    _description = "Reason of a Return"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_wrong = fields.Boolean(
        string="Wrongly Dispatched",
        help="The case was sent to the wrong department (派错): counts against the sender.",
    )

    _code_uniq = models.Constraint("UNIQUE (code)", "A reason with this code exists already.")
