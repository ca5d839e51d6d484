import base64

from odoo import fields, models
from odoo.exceptions import UserError

from ..pictures import PictureError, check_structure


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    water_unscanned = fields.Boolean(
        string="Not Checked for Viruses",
        readonly=True,
        help="It came in while the virus scanner did not answer.",
    )

    def _check_contents(self, values):
        """Refuse for our records a picture made to stop whoever decodes it, staff's files as well.

        :raises UserError: for such a picture
        """
        if (values.get("res_model") or "").startswith("water."):
            content = values.get("raw") or base64.b64decode(values.get("datas") or b"")
            try:
                if isinstance(content, bytes):
                    check_structure(content, self._compute_mimetype(values))
            except PictureError as error:
                files = self.env["water.upload.mixin"]
                raise UserError(files._file_fault(error.fault, values.get("name"))) from error
        return super()._check_contents(values)
