from odoo import fields, models


class WaterPrivacyLog(models.Model):
    """Who has looked at all that is known of a customer stands there too."""

    _inherit = "water.privacy.log"

    kind = fields.Selection(
        selection_add=[("customer", "Customer's Page Opened")], ondelete={"customer": "cascade"}
    )
