from odoo import fields, models


class WaterDeadline(models.Model):
    """A time limit that stands for an appointment."""

    _inherit = "water.deadline"

    _work_links = ("visit_id",)

    visit_id = fields.Many2one(
        "water.visit", readonly=True, index="btree_not_null", help="The appointment it stands for."
    )

    def _is_appointment(self):
        return bool(self.visit_id)

    def _holder(self):
        visit = self.visit_id
        return (visit.department_id, visit.user_id) if visit else super()._holder()

    def _after_breach(self):
        self.visit_id._mark_missed()
        super()._after_breach()
