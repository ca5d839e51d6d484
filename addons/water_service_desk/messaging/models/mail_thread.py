from odoo import models

from ..visitor_http import guarding


class MailThread(models.AbstractModel):
    """As for ``mail.push``: a few browsers are notified at once."""

    _inherit = "mail.thread"

    def _web_push_send_notification(self, *args, **kwargs):
        with guarding(self.env):
            return super()._web_push_send_notification(*args, **kwargs)
