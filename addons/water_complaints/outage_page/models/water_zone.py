from odoo import api, models


class WaterZone(models.Model):
    _inherit = "water.zone"

    @api.model
    def _looks(self, company):
        """Return the looks of the zones on the public page."""
        # sudo: water.incident - public
        looks = self.env["water.incident"].sudo()._shown(company)._map_looks()
        bare = {zone: look | {"anchor": False} for zone, look in looks.items()}
        return super()._looks(company) | bare
