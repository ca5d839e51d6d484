import base64
import binascii
from io import BytesIO

from odoo import fields, models
from odoo.exceptions import UserError

from ..anchor_file import LARGEST


class WaterAnchorWizard(models.TransientModel):
    """Compares the chains of today with an anchor from outside: of a folder or a mail box."""

    _name = "water.anchor.wizard"
    _inherit = "water.mixin"
    _description = "Check Chains against an Anchor"

    file = fields.Binary(string="Anchor", required=True, attachment=False)
    file_name = fields.Char()

    def action_check(self):
        """Show where the database differs from the file."""
        self.ensure_one()
        anchors = self.env["water.anchor"]
        anchors.check_access("read")
        if len(self.file) > LARGEST * 4 / 3 + 4:
            raise UserError(
                self.env._("This file is larger than %s MB and is not read here.", LARGEST >> 20)
            )
        try:
            content = base64.b64decode(self.file, validate=True)
        except (binascii.Error, ValueError):
            raise UserError(self.env._("This file is no anchor of event chains.")) from None
        return anchors._shown(anchors._file_faults(BytesIO(content)))
