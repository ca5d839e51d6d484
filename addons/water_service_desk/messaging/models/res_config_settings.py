from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...base.models.res_company import LONGEST
from .mail_mail import DEFAULT_DAYS, KEPT_DAYS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_message_user_id = fields.Many2one(
        related="company_id.water_message_user_id", readonly=False
    )
    water_unproved_limit = fields.Integer(related="company_id.water_unproved_limit", readonly=False)
    water_mail_days = fields.Integer(
        string="Days That Sent Mails Are Kept",
        config_parameter=KEPT_DAYS,
        default=DEFAULT_DAYS,
        groups="base.group_system",
        help="Then they are removed; what customers were told stays in the case.",
    )

    @api.constrains("water_mail_days")
    def _check_mail_days(self):
        if any(not 1 <= settings.water_mail_days <= LONGEST["days"] for settings in self):
            message = self.env._("Sent mails are kept for one day at least, and %s at most.")
            raise ValidationError(message % LONGEST["days"])
