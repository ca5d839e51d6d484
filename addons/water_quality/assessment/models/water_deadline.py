from odoo import models


class WaterDeadline(models.Model):
    """An excuse takes the deduction for the missed limit back."""

    _inherit = "water.deadline"

    def _decide_excuse(self, state):
        result = super()._decide_excuse(state)
        # sudo: water.assessment.entry - entries about the limit
        entries = self.env["water.assessment.entry"].sudo()
        sources = [f"{clock._name},{clock.id}" for clock in self]
        entries = entries.search([("source", "in", sources), ("state", "!=", "struck")])
        entries._follow_findings(
            lambda one: one.env._(
                "The missed limit of %s is excused: does the assessment need an addendum?",
                one.about,
            )
        )
        return result
