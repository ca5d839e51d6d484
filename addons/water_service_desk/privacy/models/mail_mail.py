from odoo import models


class MailMail(models.Model):
    """Erasure of sent mails."""

    _inherit = "mail.mail"

    def _erase_sent(self):
        waits = self.filtered(lambda mail: mail.state == "outgoing")
        waits.auto_delete = True
        (self - waits).unlink()
