from odoo import fields, models


class WaterCallbackChoice(models.Model):
    """One answer that a customer may choose."""

    _name = "water.callback.choice"
    _inherit = ["water.mixin"]
    _description = "Call-back Choice"
    _order = "question_id, sequence, id"

    question_id = fields.Many2one(
        "water.callback.question",
        string="Question Asked",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    name = fields.Char(required=True, translate=True)
