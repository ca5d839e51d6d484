from odoo import models

#: Kinds of entries that hang on the finding of a complaint.
JUDGED = ("attitude", "false_completion")


class WaterComplaint(models.Model):
    """A changed finding alters drafts; of confirmed assessments those who signed hear of it."""

    _inherit = "water.complaint"

    def _appeal_decided(self, appeal):
        super()._appeal_decided(appeal)
        # sudo: water.assessment.entry - of whoever was assessed by the finding
        entries = self.env["water.assessment.entry"].sudo()
        entries = entries.search([("complaint_id", "=", self.id), ("state", "!=", "struck")])
        entries._follow_findings(
            lambda one: one.env._(
                "The appeal about %s is decided: does the assessment need an addendum?",
                one.about,
            ),
            JUDGED,
        )
