from odoo import api, models


class WaterCaseMixin(models.AbstractModel):
    """Nothing is filed for a customer who is erased, or just being erased (PIPL art. 47)."""

    _inherit = "water.case.mixin"

    @api.constrains("partner_id")
    def _check_customer_is_known(self):
        self.partner_id._check_known()
