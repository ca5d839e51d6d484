from odoo import api, fields, models


class WaterDeadline(models.Model):
    """The time that a guide promises for each of its steps (S2.3.1 办理时限)."""

    _inherit = "water.deadline"

    step_id = fields.Many2one(
        "water.request.step",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The step of the application that it limits.",
    )

    @api.model
    def _copied_values(self, case, vals):
        values = super()._copied_values(case, vals)
        step = self.env["water.request.step"].sudo().browse(vals.get("step_id"))
        if step.department_id:
            values["department_id"] = step.department_id.id
        return values

    @api.depends("step_id.department_id")
    def _compute_department(self):
        """The clock of a step is its department's, wherever the application goes."""
        super()._compute_department()
        for clock in self.filtered("step_id.department_id"):
            clock.department_id = clock.step_id.department_id
