from odoo import api, models


class WaterZone(models.Model):
    _inherit = "water.zone"

    @api.model
    def _looks(self, company):
        """What goes on in the zones, as the public page shows it."""
        # sudo: water.incident - what is shown to everybody anyhow
        looks = self.env["water.incident"].sudo()._shown(company)._map_looks()
        bare = {zone: look | {"anchor": False} for zone, look in looks.items()}
        return super()._looks(company) | bare
