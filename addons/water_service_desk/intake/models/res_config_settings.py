from io import BytesIO

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import scanner
from .water_upload_mixin import SCANNER, SILENT


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_upload_max_files = fields.Integer(
        related="company_id.water_upload_max_files", readonly=False
    )
    water_upload_max_mb = fields.Integer(related="company_id.water_upload_max_mb", readonly=False)
    water_scanner = fields.Char(
        string="Virus Scanner",
        config_parameter=SCANNER,
        help="The socket of clamd: unix:/run/clamav/clamd.ctl or tcp:host:3310.",
    )
    water_scanner_silent = fields.Selection(
        [("refuse", "Refuse files"), ("accept", "Take files and mark them")],
        string="While the Scanner Is Silent",
        config_parameter=SILENT,
        default="refuse",
    )

    @api.constrains("water_scanner")
    def _check_scanner(self):
        for settings in self:
            if settings.water_scanner and not scanner.is_address(settings.water_scanner):
                raise ValidationError(
                    self.env._("Write the scanner as unix:/path of its socket, or tcp:host:port.")
                )

    def action_test_scanner(self):
        """Have the scanner judge two files: the one that all take for a virus, and a sound one."""
        self.ensure_one()
        if not self.env.user.has_group("base.group_system"):
            raise UserError(self.env._("Only system administrators test the virus scanner."))
        self._check_scanner()
        if not self.water_scanner:
            raise UserError(self.env._("Fill in the address of the scanner first."))
        try:
            verdicts = [
                scanner.find(self.water_scanner, BytesIO(content))
                for content in (scanner.TEST, b"x")
            ]
        except scanner.ScannerError as error:
            raise UserError(self.env._("The scanner does not judge: %s", error)) from error
        if not verdicts[0] or verdicts[1]:
            raise UserError(self.env._("The scanner answers, and does not find the test virus."))
        message = self.env._("The scanner has found the test virus, and let a sound file pass.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "message": message},
        }
