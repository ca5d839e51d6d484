from odoo import api, models

from ...base.models.water_setup import SETTINGS, SYSTEM


class WaterSetup(models.AbstractModel):
    """Unwanted outgoing services."""

    _inherit = "water.setup"

    @api.model
    def _steps(self):
        outgoing = self.env["water.outgoing"]
        leaks = [] if outgoing._is_open() else outgoing._leaks()
        words = self.env._("Leaves the house, and is not wanted: %s")
        return [
            *super()._steps(),
            self._step(
                "outgoing",
                140,
                self.env._("Services of Odoo in the Internet"),
                [words % key for key in leaks],
                SETTINGS,
                why=self.env._("Names, telephones and figures stay here unless wanted."),
                group=SYSTEM,
            ),
        ]
