from odoo import api, fields, models


class WaterImprovement(models.Model):
    """Corrective actions that follow from what was found from outside."""

    _inherit = "water.improvement"

    origin = fields.Selection(selection_add=[("supervision", "Supervision from outside")])
    finding_id = fields.Many2one(
        "water.supervision.finding",
        string="Finding from Outside",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    @api.depends("finding_id")
    def _compute_origin(self):
        super()._compute_origin()
        for row in self.filtered("finding_id"):
            row.origin = "supervision"
