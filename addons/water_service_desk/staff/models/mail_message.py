from odoo import api, models
from odoo.tools.mail import html_to_inner_content


class MailMessage(models.Model):
    """What a member of staff writes to a customer is looked at, by whatever way it is written."""

    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        """As Odoo does.

        :raises UserError: when it holds words that customers are not told
        """
        messages = super().create(vals_list)
        if not self.env.su:
            messages._check_words()
        return messages

    def _check_words(self):
        """Internal notes are the staff's own."""
        cases, phrases = self._water_cases(), self.env["water.forbidden.phrase"]
        # sudo: mail.message - what its writer has said just now
        for message in self.sudo():
            if message.model in cases and message._is_for_customer():
                case = self.env[message.model].browse(message.res_id)
                words = html_to_inner_content(message.body or "")
                # what was no HTML stands there with its marks as text
                phrases._say(case, html_to_inner_content(words), "message")

    def _is_for_customer(self):
        """Whether the customer's page shows it, or a mail brings it to him: as a follower, or as
        one who is named as its reader, also by a note or beside the thread.
        """
        if any(self.partner_ids.mapped("partner_share")):
            return True
        subtype = self.subtype_id
        is_open = not self.is_internal and subtype and not subtype.internal
        return bool(is_open) and self.message_type != "user_notification"
