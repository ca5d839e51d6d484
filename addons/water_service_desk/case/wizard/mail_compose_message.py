from odoo import models
from odoo.exceptions import AccessError

from ...base.links import OURS, is_private


class MailComposeMessage(models.TransientModel):
    """A mail to many is posted with superuser rights, by the author that its dialog names."""

    _inherit = "mail.compose.message"

    def _action_send_mail(self, auto_commit=False):
        """As Odoo.

        :raises AccessError: into a thread of ours under another name, or with another reply address
        """
        for dialog in self:
            said = {"author_id": dialog.author_id.id, "email_from": dialog.email_from}
            said["reply_to"] = dialog.reply_to_force_new and dialog.reply_to
            named = {key: value for key, value in said.items() if value}
            self.env["mail.thread"]._check_author(dialog.model, named)
            dialog._check_to_customers()
        return super()._action_send_mail(auto_commit=auto_commit)

    def _check_to_customers(self):
        """Refuse chosen recipients for mass mails of our letters.

        They are rendered as superuser, with the link that opens the case, so that they go to the
        customers of the template alone.

        :raises AccessError: for recipients chosen by the user
        """
        is_to_many = self.composition_mode == "mass_mail" and (self.model or "").startswith(OURS)
        if is_to_many and self.partner_ids and not self.env.su:
            words = self.env._("A mail to many goes only to the customer of each case.")
            raise AccessError(words)

    def _generate_template_for_composer(self, res_ids, render_fields, **options):
        """As Odoo, after an access check: Odoo renders attachments and recipients as superuser,
        and only the text with the user's rights. A user could get the letter of any case.

        :raises AccessError: for a record that the user may not read
        """
        # sudo: mail.template - of which model it is
        for name in {self.model, self.template_id.sudo().model}:
            if is_private(name) and name in self.env:
                self.env[name].sudo(False).browse(filter(None, res_ids)).check_access("read")
        return super()._generate_template_for_composer(res_ids, render_fields, **options)
