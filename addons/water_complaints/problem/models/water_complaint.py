from odoo import api, fields, models

from odoo.addons.water_service_desk.base import windows


class WaterComplaint(models.Model):
    """A complaint leads to the systemic problems that it is one case of."""

    _inherit = "water.complaint"

    problem_ids = fields.Many2many(
        "water.problem",
        "water_problem_complaint_rel",
        "complaint_id",
        "problem_id",
        string="Systemic Problems",
        copy=False,
        readonly=True,
    )
    problem_count = fields.Integer(
        string="Number of Systemic Problems", compute="_compute_problem_count"
    )

    @api.depends("problem_ids")
    @api.depends_context("uid")
    def _compute_problem_count(self):
        counts = self._count_by("water.problem", "complaint_ids")
        for case in self:
            case.problem_count = counts.get(case._origin.id, 0)

    def action_open_problems(self):
        """Open the systemic problems that the complaint is one case of."""
        self.ensure_one()
        self.check_access("read")
        domain = [("complaint_ids", "=", self.id)]
        title = self.env._("Systemic Problems")
        return windows.rows("water.problem", title, domain, {"create": False})
