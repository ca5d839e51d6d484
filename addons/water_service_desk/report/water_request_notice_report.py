# pylint: disable=prefer-env-translation  # the letter speaks the customer's language
from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import AccessError

#: Who may print a letter that carries the customer's real name.
PRINTERS = ("water_service_desk.group_agent", "water_service_desk.group_quality")


class WaterRequestNoticeReport(models.AbstractModel):
    """The letters about a request: 一次性告知书, 延期告知书, 不予办理告知书 (S2.3.2b, c)."""

    _name = "report.water_service_desk.report_request_notice"
    _description = "Letter about a Request"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Values of the letters, each in the language of its customer.

        :param docids: ids of water.request.notice
        :raises AccessError: for people who read customers' names masked
        """
        if not (self.env.su or any(map(self.env.user.has_group, PRINTERS))):
            raise AccessError(self.env._("Only the desk and quality print letters to customers."))
        notices = self.env["water.request.notice"].browse(docids)
        notices.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": "water.request.notice",
            "docs": notices,
            "letters": {notice.id: self._letter(notice) for notice in notices},
        }

    @api.model
    def _letter(self, notice):
        # sudo: request - whoever may print the letter may print all of it
        notice = notice.sudo().with_context(lang=notice.sudo()._letter_lang())
        case, company = notice.request_id, notice.company_id
        return {
            "lang": notice.env.lang,
            "title": notice._letter_title(),
            "salutation": notice._letter_salutation(),
            "kind": notice.kind,
            "content": notice.content or {},
            "opening": self._opening(notice),
            "promise": self._promise(notice),
            "number": notice.name,
            "case": case.name,
            "date": notice._letter_date(notice.issued_at),
            "hotline": company.water_hotline or "",
            "company": company.name,
        }

    @api.model
    def _opening(self, notice):
        """First sentence: what the customer applied for, and when."""
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
        """The old date and the new one; the new one stands out."""
        content = notice.content or {}
        if notice.kind != "delay":
            return ""
        return notice.env._(
            "We had promised the result by %(old)s. We now promise it by %(new)s.",
            old=content.get("old_due", ""),
            new=Markup("<strong>%s</strong>") % content.get("new_due", ""),
        )
