from odoo import api, models
from odoo.exceptions import AccessError


class AccountMoveSend(models.AbstractModel):
    """Invoices are sent only with files that their sender may read."""

    _inherit = "account.move.send"

    @api.model
    def _get_mail_params(self, move, move_data):
        """Check the attached files: Odoo would send, as superuser, any file whose id a form
        names.

        :raises AccessError: for a file that the sender may not read
        """
        named = [row.get("id") for row in move_data.get("mail_attachments_widget") or ()]
        numbers = [int(number) for number in named if str(number).isdecimal()]
        files = self.env["ir.attachment"].sudo(False).browse(numbers).exists()
        if files - files._filtered_access("read"):
            raise AccessError(self.env._("A file that is closed to you is not sent."))
        return super()._get_mail_params(move, move_data)
