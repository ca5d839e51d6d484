from odoo import models


class ResGroups(models.Model):
    _inherit = "res.groups"

    def write(self, vals):
        """Delete the keys of users who lose the integration role by its list of members."""
        machines = self.env["res.users"]
        if {"user_ids", "implied_ids"} & vals.keys():
            machines = self.user_ids.filtered("water_is_integration")
        result = super().write(vals)
        machines._end_keys()
        return result
