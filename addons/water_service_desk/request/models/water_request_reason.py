from odoo import fields, models


class WaterRequestReason(models.Model):
    """Why a request takes longer or is not granted: a code for statistics (S2.3.2c)."""

    _name = "water.request.reason"
    _inherit = ["water.code.mixin", "water.mixin"]
    _description = "Reason of a Delay or Refusal"
    _order = "sequence, code"
    _rec_names_search = ["code", "name"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, index=True)
    kind = fields.Selection(
        [("delay", "Delay"), ("refusal", "Refusal"), ("both", "Delay or refusal")],
        required=True,
        default="both",
    )
    alternative = fields.Text(
        string="Usual Alternative", translate=True, help="What the customer is offered instead."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE (code)", "A reason with this code exists already.")
