import os

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...messaging.gateway_http import url_fault
from ..models import water_anchor as keeping


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_anchor_mail = fields.Boolean(
        string="Mail Anchors to Quality", config_parameter=keeping.MAIL
    )
    water_anchor_folder = fields.Char(
        string="Folder of Anchors",
        config_parameter=keeping.FOLDER,
        help="A folder of the server that is there and copied elsewhere, such as /mnt/anchors.",
    )
    water_anchor_authority = fields.Char(
        string="Time Stamp Authority",
        config_parameter=keeping.AUTHORITY,
        help="Address of a time stamp authority (RFC 3161), such as https://tsa.example.com/.",
    )

    @api.constrains("water_anchor_folder", "water_anchor_authority")
    def _check_anchor_places(self):
        for settings in self:
            folder, authority = settings.water_anchor_folder, settings.water_anchor_authority
            if folder and not (os.path.isabs(folder) and os.access(folder, os.W_OK)):
                raise ValidationError(
                    self.env._("The folder of anchors is not there, or cannot be written.")
                )
            if authority and url_fault(authority):
                raise ValidationError(self.env._("The time stamp authority needs a web address."))
