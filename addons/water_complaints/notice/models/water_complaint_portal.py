from odoo import models

from odoo.addons.water_service_desk.base.moments import day_text


class WaterComplaint(models.Model):
    """The notices on the customer's page (S3.2.3c)."""

    _inherit = "water.complaint"

    def _portal_notices(self):
        """The notices sent to the customer, newest first."""
        kinds = dict(self.env["water.notice"]._fields["kind"]._description_selection(self.env))
        return [
            {
                "number": notice.name,
                "kind": kinds[notice.kind],
                "subject": notice.subject,
                "body": notice.body,
                "at": self._portal_time(notice.sent_at),
                "appeal": self._portal_appeal(notice),
            }
            for notice in self.sudo().notice_ids.filtered("sent_at")
        ]

    def _portal_appeal(self, notice):
        if not notice.appeal_until or notice.kind in ("acceptance", "delay"):
            return ""
        day = day_text(notice.appeal_until)
        return self.env._("If you do not agree, you can ask for a review until %s.", day)

    def _portal_page(self):
        return super()._portal_page() | {"notices": self._portal_notices()}

    def _portal_opened(self):
        super()._portal_opened()
        self.notice_ids.filtered("sent_at")._mark_delivered()
