from odoo import models

from odoo.addons.water_service_desk.case.endings import NOT_JUDGED_OF_ALL


class WaterCaseMixin(models.AbstractModel):
    """Take back entries of cases that no longer count, and of returns that a ruling reversed."""

    _inherit = "water.case.mixin"

    def _after_transition(self, origins, state):
        super()._after_transition(origins, state)
        if state in NOT_JUDGED_OF_ALL:
            self.env["water.assessment.entry"]._follow_cases(self)

    _event_steps = {
        "unmerged": ("_assess_again",),
        **dict.fromkeys(
            ("dispatch_accepted", "support_accepted", "dispatch_rejected"), ("_assess_returns",)
        ),
    }

    def _assess_again(self, _kind, _at):
        self.env["water.assessment.entry"]._follow_cases(self)

    def _assess_returns(self, _kind, _at):
        # sudo: case - the department that has returned it no longer sees it
        returned = self.sudo().filtered("rejection_count")
        if returned:
            self.env["water.assessment.entry"]._follow_cases(returned)
