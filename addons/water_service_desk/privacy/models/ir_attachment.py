from odoo import api, models


class IrAttachment(models.Model):
    """Refuses files for records being erased (PIPL art. 47)."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_water_erased(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_water_erased([vals])
        return super().write(vals)

    @api.model
    def _check_water_erased(self, vals_list):
        if not self.env.su:
            owners = [(vals.get("res_model"), vals.get("res_id")) for vals in vals_list]
            self.env["mail.message"]._check_water_erased(owners)
