from odoo import models

from ..visitor_http import guarding


class MailPush(models.Model):
    """SSRF guard: push endpoints are chosen by users."""

    _inherit = "mail.push"

    def _push_notification_to_endpoint(self, batch_size=50):
        with guarding(self.env):
            return super()._push_notification_to_endpoint(batch_size)
