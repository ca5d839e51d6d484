from odoo import fields, models

ASPECTS = [
    ("uniform", "Uniform"),
    ("badge", "Badge"),
    ("bearing", "Bearing"),
    ("speech", "Speech"),
    ("knowledge", "Knowledge"),
    ("process", "Process"),
]
SCALES = [("met", "Met or not"), ("graded", "Graded")]


class WaterInspectionItem(models.Model):
    """One thing to look at, with its weight."""

    _name = "water.inspection.item"
    _inherit = ["water.mixin"]
    _description = "Checklist Item"
    _order = "sequence, id"

    template_id = fields.Many2one(
        "water.inspection.template",
        string="Checklist",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="What Is Checked", required=True, translate=True)
    aspect = fields.Selection(ASPECTS, required=True, default="process")
    weight = fields.Integer(required=True, default=10)
    scale = fields.Selection(SCALES, required=True, default="graded")
    is_critical = fields.Boolean(
        string="Critical",
        help="If this item is not met, the whole inspection fails, regardless of the score.",
    )

    _weight_positive = models.Constraint("CHECK (weight > 0)", "A weight is a positive number.")
