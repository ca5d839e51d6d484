from odoo import models


class WaterMatterMixin(models.AbstractModel):
    """What was merged was handled in the other case: its evidence lies there."""

    _inherit = "water.matter.mixin"

    def _erasure_hindrances(self):
        hindrances = super()._erasure_hindrances()
        held = self.sudo().duplicate_ids.filtered("legal_hold")
        if held:
            words = self.env._("%s, which was merged into it, is under legal hold", held[0].name)
            hindrances.append(words)
        return hindrances
