from odoo import models

from odoo.addons.water_service_desk.base.telling import tell_staff

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
        open_ones = entries.assessment_id.filtered(lambda row: row.state in ("draft", "open"))
        for assessment in open_ones.filtered("drawn_at"):
            assessment._settle()
        confirmed = entries.filtered(lambda row: row.assessment_state == "confirmed")
        for entry in confirmed.filtered(lambda row: row.state == "counts" and row.kind in JUDGED):
            tell_staff(
                entry,
                entry.assessment_id.checked_by_id | entry.assessment_id.confirmed_by_id,
                lambda one: one.env._(
                    "The appeal about %s is decided: does the assessment need an addendum?",
                    one.about,
                ),
                lambda one: one.assessment_id.name,
                is_list=True,
            )
