from hmac import compare_digest

from odoo import api, models
from odoo.exceptions import AccessError

#: Owners of a file of a case: the case, or a row that belongs to it.
OF_A_CASE = ("water.case.mixin", "water.case.link.mixin")


class IrAttachment(models.Model):
    """Files of cases are opened by access rights, not by knowing an address."""

    _inherit = "ir.attachment"

    def generate_access_token(self):
        """Refuse tokens for files of cases, which Odoo creates for large mails.

        Such a link needs no right, leaves no log and does not expire: former handlers could read
        files for ever, and pass them on.
        """
        # sudo: ir.attachment - only the owner of the files, not their content
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
        """As Odoo, but tokens open files of cases to outside recipients alone, not to staff.

        Tokens of the web client stay valid for weeks, even after the access rights have changed.
        """
        file = access_token and self._file_asked_for(xmlid, res_model, res_id)
        if file and file._is_of_a_case():
            is_sent = compare_digest((file.access_token or "").encode(), str(access_token).encode())
            if self.env.user._is_internal() or not is_sent:
                access_token = None
        return super()._find_record(xmlid, res_model, res_id, access_token, field)

    @api.model
    def _file_asked_for(self, xmlid, model, number):
        record = self.env.ref(xmlid, raise_if_not_found=False) if xmlid else None
        if not xmlid and number and model == "ir.attachment":
            record = self.env[model].browse(number)
        is_file = record is not None and record._name == "ir.attachment"
        # sudo: ir.attachment - asked whose it is, and for the token that was sent
        return record.sudo().exists() if is_file else None
