from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the web client whether anything can wait for the user, and where the manual is."""
        user = self.env.user
        return {
            **super().session_info(),
            "water_waits": user._water_is_staff(),
            "water_manual": user._water_manual(),
        }
