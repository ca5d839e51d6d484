from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_reveal_limit = fields.Integer(related="company_id.water_reveal_limit", readonly=False)
    water_export_limit = fields.Integer(related="company_id.water_export_limit", readonly=False)
    water_odoo_services = fields.Boolean(string="Odoo's Services in the Internet")

    @api.model
    def get_values(self):
        return {
            **super().get_values(),
            "water_odoo_services": self.env["water.outgoing"]._is_open(),
        }

    def set_values(self):
        """Apply changed switches at once."""
        done = super().set_values()
        outgoing = self.env["water.outgoing"]
        if self.water_odoo_services != outgoing._is_open():
            (outgoing._open if self.water_odoo_services else outgoing._close)()
        return done
