from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.water_service_desk.base.locks import force_conflict


class WaterImprovement(models.Model):
    """Measures against a systemic problem and decisions of a review are corrective actions."""

    _inherit = "water.improvement"

    origin = fields.Selection(
        selection_add=[("problem", "Systemic problem"), ("review", "Management review")]
    )
    problem_id = fields.Many2one(
        "water.problem", index="btree_not_null", ondelete="restrict", check_company=True
    )
    review_id = fields.Many2one(
        "water.management.review", index="btree_not_null", ondelete="restrict", check_company=True
    )

    @api.depends("problem_id", "review_id")
    def _compute_origin(self):
        super()._compute_origin()
        for row in self:
            if row.problem_id:
                row.origin = "problem"
            elif row.review_id:
                row.origin = "review"

    @api.constrains("problem_id")
    def _check_problem(self):
        force_conflict(self.sudo().problem_id)  # none is given out while the effect is judged
        for row in self.sudo().filtered("problem_id"):
            if row.problem_id.state not in ("analysed", "measures"):
                raise ValidationError(
                    self.env._("%s takes no measures at this step.", row.problem_id.name)
                )
