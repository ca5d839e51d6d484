from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..controllers.metrics import TOKEN
from .water_alarm import MAILED

#: Shorter tokens could be guessed.
SHORTEST = 24


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_metrics_token = fields.Char(
        string="Token of Prometheus",
        config_parameter=TOKEN,
        groups="base.group_system",
        help="Prometheus sends it as a bearer token. Without one, only this machine is answered.",
    )
    water_alarm_mail = fields.Boolean(
        string="Mail Alarms to Administrators", config_parameter=MAILED, default=True
    )

    @api.constrains("water_metrics_token")
    def _check_metrics_token(self):
        for settings in self:
            token = settings.water_metrics_token
            if token and (len(token) < SHORTEST or not token.isascii() or " " in token):
                message = self.env._("The token of Prometheus has at least %s letters and digits.")
                raise ValidationError(message % SHORTEST)
