# pylint: disable=prefer-env-translation  # the letter speaks the customer's language
from odoo import api, models


class ReportWaterComplaintsReportWaterNotice(models.AbstractModel):
    """Letters about appeals: which one, and whether it is the last word."""

    _inherit = "report.water_complaints.report_water_notice"

    @api.model
    def _appeal_opening(self, notice):
        """First sentence of a letter about an appeal: which appeal, against what."""
        appeal, case, _ = notice.appeal_id, notice.complaint_id, notice.env._
        facts = {
            "day": notice._letter_date(appeal.filed_at),
            "subject": case.subject,
            "number": case.name,
            "appeal": appeal.name,
        }
        if notice.also_of_id:
            return _(
                "Another customer has asked us to review our answer in the matter of your complaint"
                " “%(subject)s” (number %(number)s). This is our decision:",
                **facts,
            )
        if notice.kind == "appeal_receipt":
            return _(
                "On %(day)s you asked us to review our answer to your complaint “%(subject)s”"
                " (number %(number)s). We have accepted your appeal under the number %(appeal)s.",
                **facts,
            )
        return _(
            "On %(day)s you asked us to review our answer to your complaint “%(subject)s”"
            " (number %(number)s, appeal %(appeal)s). This is our decision:",
            **facts,
        )

    @api.model
    def _final(self, notice):
        return notice.kind == "final" and notice.env._(
            "This is the final answer of the company. We take the same matter up again only if"
            " there is new evidence."
        )

    @api.model
    def _letter(self, notice):
        return super()._letter(notice) | {"final": self._final(notice)}
