from odoo import fields, models


class WaterDeadline(models.Model):
    """The time that a guide promises for each of its steps (S2.3.1 办理时限)."""

    _inherit = "water.deadline"

    _work_links = ("step_id",)

    step_id = fields.Many2one(
        "water.request.step",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The step of the application that it limits.",
    )
