from hmac import compare_digest

from odoo import api, models
from odoo.exceptions import AccessError

#: What a file of a case hangs on: the case, or a row that belongs to it.
OF_A_CASE = ("water.case.mixin", "water.case.link.mixin")


class IrAttachment(models.Model):
    """Files of cases are opened by whoever may read the case, not by whoever has an address."""

    _inherit = "ir.attachment"

    def generate_access_token(self):
        """As Odoo does, for letters of the system that are too large to carry the file.

        Such a link needs no right, leaves no trace and does not end: whoever once handled a case
        would read its files when it is closed to him, and give them on.
        """
        # sudo: ir.attachment - asked whose they are, not what is in them
        if not self.env.su and any(file._is_of_a_case() for file in self.sudo()):
            raise AccessError(self.env._("A file of a case has no open link: send it instead."))
        return super().generate_access_token()

    def _is_of_a_case(self):
        model, kinds = self.env.get(self.res_model or ""), tuple(map(self.pool.get, OF_A_CASE))
        return model is not None and isinstance(model, kinds)


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    @api.model
    def _find_record(
        self, xmlid=None, res_model="ir.attachment", res_id=None, access_token=None, field=None
    ):
        """As Odoo does; a token opens a file of a case to a stranger who was sent it, not to staff.

        The tokens of the web client hold for weeks, whatever becomes of the right to read.
        """
        file = access_token and self._file_asked_for(xmlid, res_model, res_id)
        if file and file._is_of_a_case():
            is_sent = compare_digest((file.access_token or "").encode(), str(access_token).encode())
            if self.env.user._is_internal() or not is_sent:
                access_token = None
        return super()._find_record(xmlid, res_model, res_id, access_token, field)

    @api.model
    def _file_asked_for(self, xmlid, model, number):
        """The file, by whichever of its names it is asked for; nothing of other models."""
        record = self.env.ref(xmlid, raise_if_not_found=False) if xmlid else None
        if not xmlid and number and model == "ir.attachment":
            record = self.env[model].browse(number)
        is_file = record is not None and record._name == "ir.attachment"
        # sudo: ir.attachment - asked whose it is, and for the token that was sent
        return record.sudo().exists() if is_file else None
