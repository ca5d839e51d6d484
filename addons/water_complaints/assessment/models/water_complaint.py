from odoo import models

#: Kinds of entries that hang on the finding of a complaint.
JUDGED = ("attitude", "false_completion")


class WaterComplaint(models.Model):
    """A changed finding alters drafts; of confirmed assessments those who signed hear of it."""

    _inherit = "water.complaint"

    def _appeal_decided(self, appeal):
        super()._appeal_decided(appeal)
        self._entries_by_finding()._follow_findings(
            lambda one: one.env._(
                "The appeal about %s is decided: does the assessment need an addendum?",
                one.about,
            ),
            JUDGED,
        )

    def _entries_by_finding(self):
        # sudo: water.assessment.entry - of whoever was assessed by the finding
        entries = self.env["water.assessment.entry"].sudo()
        return entries.search([("complaint_id", "in", self.ids), ("state", "!=", "struck")])

    def _after_confirmed(self, origins):
        """What was handled again after it was filed may have been found otherwise this time."""
        super()._after_confirmed(origins)
        earlier = self.filtered("is_follow_up")._earlier_cases()
        earlier._entries_by_finding()._follow_findings(
            lambda one: one.env._(
                "%s was handled again, and is not upheld any more: see the addendum.", one.about
            )
        )
