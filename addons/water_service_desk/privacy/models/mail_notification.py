from odoo import models


class MailNotification(models.Model):
    """Hides which customers were notified from users outside the desk (S2.2.4)."""

    _inherit = "mail.notification"

    def _filtered_for_web_client(self):
        """The thread shows recipients by name and address: colleagues alone to departments."""
        # sudo: mail.notification - of readable messages
        shown = super(MailNotification, self.sudo())._filtered_for_web_client()
        if self.env["res.users"]._water_reads_contact():
            return shown
        cases = self.env["water.case.link.mixin"]._case_models().values()
        return shown.filtered(
            lambda row: (
                row.mail_message_id.model not in cases
                or (row.res_partner_id and not row.res_partner_id.partner_share)
            )
        )
