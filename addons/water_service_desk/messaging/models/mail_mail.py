from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def write(self, vals):
        """A mail that was cancelled reaches nobody."""
        result = super().write(vals)
        if vals.get("state") == "cancel":
            # sudo: water.message - as in _postprocess_sent_message
            messages = self.env["water.message"].sudo()
            messages.search([("mail_mail_id", "in", self.ids)])._on_mail_cancelled()
        return result

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Tell the customer messages that these mails carry what became of them."""
        # sudo: water.message - the mail queue works for everybody
        messages = self.env["water.message"].sudo().search([("mail_mail_id", "in", self.ids)])
        if messages:
            messages._on_mail_result(failure_type or self[:1].failure_type)
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
