from odoo import fields, models


class WaterChannel(models.Model):
    _inherit = "water.channel"

    is_billing = fields.Boolean(
        string="Billing System",
        help="Its integrations hand in bills, readings and balances of all accounts.",
    )
