from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_api_limit = fields.Integer(related="company_id.water_api_limit", readonly=False)
    water_webhook_networks = fields.Char(
        string="Internal Networks of Webhooks",
        config_parameter="water_service_desk.webhook_networks",
        help="Webhooks reach public addresses only, and these, such as 10.1.0.0/16.",
    )
