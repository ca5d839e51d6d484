from odoo import models


class MailMail(models.Model):
    """A mail forgets whoever is erased."""

    _inherit = "mail.mail"

    def _erase_sent(self):
        """Take away what was sent; what is under way reaches him still, and goes then."""
        waits = self.filtered(lambda mail: mail.state == "outgoing")
        waits.auto_delete = True
        (self - waits).unlink()
