from odoo import api, models
from odoo.exceptions import ValidationError

from odoo.addons.water_service_desk.case.transitions import Missing


class WaterComplaint(models.Model):
    """Nobody handles what was merged with a complaint about himself or his own unit (E9)."""

    _inherit = "water.complaint"

    def _whom_it_is_about(self):
        """Who must not have it in hand."""
        case = self.sudo()
        return case.person_complained_id | case._unit_complained_of()

    def _need_original(self):
        missing, original = super()._need_original(), self.sudo().duplicate_of_id
        handlers = original.first_responsible_id | original.user_id
        if missing or not (handlers & self._whom_it_is_about() or self._is_with_unit(original)):
            return missing
        words = self.env._("it is about whoever handles %s: hand that over first", original.name)
        return [Missing(words, "action_relate")]

    def _is_with_unit(self, original):
        """Whether the unit that this one complains of works on the other one."""
        unit = self.sudo().department_complained_id
        return self._is_delicate() and unit & original._open_dispatches().department_id

    @api.constrains("first_responsible_id", "user_id")
    def _check_conflict_of_merged(self):
        for case in self.sudo():
            about = self.env["res.users"].union(
                *(other._whom_it_is_about() for other in case._merged_cases())
            )
            if about & (case.first_responsible_id | case.user_id):
                raise ValidationError(
                    self.env._(
                        "A complaint that was merged into %s is about them: choose somebody else.",
                        case.name,
                    )
                )

    def _people_concerned(self):
        """Nor do they hear of it."""
        merged = self._merged_cases()
        about = super()._people_concerned()
        return about | merged._people_concerned() if merged else about

    def _check_dispatch_conflict(self, departments):
        super()._check_dispatch_conflict(departments)
        merged = self._merged_cases()
        if merged:
            merged._check_dispatch_conflict(departments)
