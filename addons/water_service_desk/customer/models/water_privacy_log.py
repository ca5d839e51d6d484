from odoo import fields, models


class WaterPrivacyLog(models.Model):
    """Records who has opened a customer's page."""

    _inherit = "water.privacy.log"

    kind = fields.Selection(
        selection_add=[("customer", "Customer's Page Opened")], ondelete={"customer": "cascade"}
    )
