from odoo import api, models
from odoo.tools.mail import html_to_inner_content


class MailMessage(models.Model):
    """Check staff messages to customers for forbidden phrases, however they are written."""

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
        cases, phrases = self._water_cases(), self.env["water.forbidden.phrase"]
        # sudo: mail.message - what its writer has said just now
        for message in self.sudo():
            if message.model in cases and message._is_for_customer():
                case = self.env[message.model].browse(message.res_id)
                words = html_to_inner_content(message.body or "")
                # plain text stands there with its markup characters
                phrases._say(case, html_to_inner_content(words), "message")

    def _is_for_customer(self):
        """Return whether customers read the message.

        They see it on the case page, as followers, or as named recipients, even of a note.
        """
        if any(self.partner_ids.mapped("partner_share")):
            return True
        subtype = self.subtype_id
        is_open = not self.is_internal and subtype and not subtype.internal
        return bool(is_open) and self.message_type != "user_notification"
