from odoo import fields, models

from odoo.addons.water_service_desk.base import windows


class WaterComplaint(models.Model):
    """A complaint leads to the systemic problems that it is one case of."""

    _inherit = "water.complaint"
    _counters = {"problem_count": "water.problem"}
    _counted_lists = ("problem_ids",)

    problem_ids = fields.Many2many(
        "water.problem",
        "water_problem_complaint_rel",
        "complaint_id",
        "problem_id",
        string="Systemic Problems",
        copy=False,
        readonly=True,
    )
    problem_count = fields.Integer(string="Number of Systemic Problems", compute="_compute_counts")

    def action_open_problems(self):
        """Open the systemic problems that the complaint is one case of."""
        self.ensure_one()
        self.check_access("read")
        domain = [("complaint_ids", "=", self.id)]
        title = self.env._("Systemic Problems")
        return windows.rows("water.problem", title, domain, {"create": False})
