from odoo import models

#: Kinds of entries that hang on the finding of a complaint.
JUDGED = ("attitude", "false_completion")


class WaterComplaint(models.Model):
    """A changed finding alters drafts; of confirmed assessments those who signed hear of it."""

    _inherit = "water.complaint"

    def _appeal_decided(self, appeal):
        super()._appeal_decided(appeal)
        self.env["water.assessment.entry"]._about(self)._follow_findings(
            lambda one: one.env._(
                "The appeal about %s is decided: does the assessment need an addendum?",
                one.about,
            ),
            JUDGED,
        )

    def _after_confirmed(self, origins):
        """Update entries when a case that was handled again has another finding."""
        super()._after_confirmed(origins)
        again = self.filtered(lambda case: case.handling_round > 1 or case.is_follow_up)
        if again:
            entries = self.env["water.assessment.entry"]
            entries._about(again | again._earlier_cases())._follow_findings(
                lambda one: one.env._(
                    "%s was handled again, and is not upheld any more: see the addendum.", one.about
                )
            )
