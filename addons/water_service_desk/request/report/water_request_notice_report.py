# pylint: disable=prefer-env-translation  # the letter speaks the customer's language
from markupsafe import Markup

from odoo import api, models


class WaterRequestNoticeReport(models.AbstractModel):
    """The letters about a request: 一次性告知书, 延期告知书, 不予办理告知书 (S2.3.2b, c)."""

    _name = "report.water_service_desk.report_request_notice"
    _inherit = "water.letter.report.mixin"
    _description = "Letter about a Request"
    _letter_model = "water.request.notice"

    @api.model
    def _letter(self, notice):
        case, company = notice.request_id, notice.company_id
        return super()._letter(notice) | {
            "salutation": notice._letter_salutation(),
            "kind": notice.kind,
            "content": notice.content or {},
            "opening": self._opening(notice),
            "promise": self._promise(notice),
            "objection": self._objection(notice),
            "number": notice.name,
            "case": case.name,
            "date": notice._letter_date(notice.issued_at),
            "hotline": company.water_hotline or "",
            "company": company.name,
        }

    @api.model
    def _opening(self, notice):
        """Return the first sentence: what the customer applied for, and when."""
        case = notice.request_id
        facts = {
            "day": notice._letter_date(case.received_at),
            "business": (notice.content or {}).get("business", ""),
            "subject": case.subject,
            "address": case.address or "",
        }
        if not case.address:
            return notice.env._("On %(day)s you applied for “%(business)s” (%(subject)s).", **facts)
        return notice.env._(
            "On %(day)s you applied for “%(business)s” (%(subject)s) at %(address)s.", **facts
        )

    @api.model
    def _promise(self, notice):
        content = notice.content or {}
        if notice.kind != "delay":
            return ""
        return notice.env._(
            "We had promised the result by %(old)s. We now promise it by %(new)s.",
            old=content.get("old_due", ""),
            new=Markup("<strong>%s</strong>") % content.get("new_due", ""),
        )

    @api.model
    def _objection(self, notice):
        return notice.env._(
            "If you do not agree, you can complain %(ways)s; a supervisor who was not involved"
            " looks at it again.",
            ways=notice.company_id._water_ways(),
        )
