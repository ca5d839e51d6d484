from odoo import api, models


class WaterCachedMixin(models.AbstractModel):
    """Configuration that the clocks keep in memory: every change makes them read it again."""

    _name = "water.cached.mixin"
    _description = "Configuration Kept in Memory"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        done = super().write(vals)
        self.env.registry.clear_cache()
        return done

    def unlink(self):
        done = super().unlink()
        self.env.registry.clear_cache()
        return done
