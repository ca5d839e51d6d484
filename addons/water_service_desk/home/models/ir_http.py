from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the web client whether anything can wait for the user's decision."""
        return {**super().session_info(), "water_waits": self.env.user._water_is_staff()}
