from odoo import Command, api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    water_second_factor_ids = fields.Many2many(
        "res.groups",
        "water_settings_second_factor_rel",
        string="Roles with a Second Factor",
    )

    @api.model
    def get_values(self):
        ids = self.env["res.groups"]._water_demanding()
        return {**super().get_values(), "water_second_factor_ids": [Command.set(sorted(ids))]}

    def set_values(self):
        """Save the roles that need a second factor, as far as the user may change groups."""
        done = super().set_values()
        groups = self.env["res.groups"]
        now = groups.browse(groups._water_demanding())
        (now - self.water_second_factor_ids).write({"water_second_factor": False})
        (self.water_second_factor_ids - now).write({"water_second_factor": True})
        return done
