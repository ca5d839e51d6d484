from odoo import api, models

from ...base.models.water_setup import SETTINGS, SYSTEM


class WaterSetup(models.AbstractModel):
    """The page without a login opens last."""

    _inherit = "water.setup"

    @api.model
    def _steps(self):
        company = self.env.company
        missing = company._water_public_missing()
        if not company.water_public_open:
            missing = [*missing, self.env._("The page is closed: open it in the settings")]
        return [
            *super()._steps(),
            self._step(
                "public_page",
                130,
                self.env._("Public Page"),
                missing,
                SETTINGS,
                why=self.env._("Stays closed until the hotline and the departments stand."),
                group=SYSTEM,
                is_needed=False,
            ),
        ]
