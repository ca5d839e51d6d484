from odoo import models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _routing_handle_bounce(self, email_message, message_dict):
        """A mail to a customer that came back is shown as such."""
        result = super()._routing_handle_bounce(email_message, message_dict)
        self.env["water.message"]._on_bounce(message_dict.get("bounced_msg_ids") or [])
        return result
