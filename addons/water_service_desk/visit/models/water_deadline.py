from odoo import api, fields, models


class WaterDeadline(models.Model):
    """A time limit that stands for an appointment."""

    _inherit = "water.deadline"

    visit_id = fields.Many2one(
        "water.visit", readonly=True, index="btree_not_null", help="The appointment it stands for."
    )

    @api.model
    def _copied_values(self, case, vals):
        values = super()._copied_values(case, vals)
        if vals.get("visit_id"):
            visit = self.env["water.visit"].sudo().browse(vals["visit_id"])
            values["department_id"] = visit.department_id.id
        return values

    @api.depends("visit_id.department_id")
    def _compute_department(self):
        """The clock of an appointment is of the department that comes, wherever the case goes."""
        super()._compute_department()
        for clock in self.filtered("visit_id"):
            clock.department_id = clock.visit_id.department_id

    def _is_appointment(self):
        """Tell whether the clock is of an agreed appointment."""
        return bool(self.visit_id)

    def _holder(self):
        """An appointment is missed by whoever was to come."""
        visit = self.visit_id
        return (visit.department_id, visit.user_id) if visit else super()._holder()

    def _after_breach(self):
        """Nobody has come in time."""
        self.visit_id._mark_missed()
        super()._after_breach()
