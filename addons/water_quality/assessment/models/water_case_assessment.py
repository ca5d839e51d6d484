from odoo import models

from odoo.addons.water_service_desk.case.endings import NOT_JUDGED_OF_ALL

#: Whose work it is after all is told by what departments answer once one has returned it.
ANSWERS = frozenset({"dispatch_accepted", "support_accepted", "dispatch_rejected"})


class WaterCaseMixin(models.AbstractModel):
    """Nobody answers for a case that counts nowhere, nor for a return that a ruling has turned."""

    _inherit = "water.case.mixin"

    def _after_transition(self, origins, state):
        super()._after_transition(origins, state)
        if state in NOT_JUDGED_OF_ALL:
            self.env["water.assessment.entry"]._follow_cases(self)

    def _on_event(self, kind, at):
        super()._on_event(kind, at)
        if kind == "unmerged":  # what was taken back with the merging comes again
            self.env["water.assessment.entry"]._follow_cases(self)
        if kind in ANSWERS:
            # sudo: case - whoever has returned it need not see it any more
            returned = self.sudo().filtered("rejection_count")
            if returned:
                self.env["water.assessment.entry"]._follow_cases(returned)
