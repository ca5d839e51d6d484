from odoo import models


class MailComposeMessage(models.TransientModel):
    """A mail to many is posted with superuser rights, by the author that its dialog names."""

    _inherit = "mail.compose.message"

    def _action_send_mail(self, auto_commit=False):
        """As Odoo does.

        :raises AccessError: into a thread of ours, in the name of another or with answers to him
        """
        for dialog in self:
            said = {"author_id": dialog.author_id.id, "email_from": dialog.email_from}
            said["reply_to"] = dialog.reply_to_force_new and dialog.reply_to
            named = {key: value for key, value in said.items() if value}
            self.env["mail.thread"]._check_author(dialog.model, named)
        return super()._action_send_mail(auto_commit=auto_commit)
