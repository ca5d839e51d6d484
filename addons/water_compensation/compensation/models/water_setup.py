from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base.models.water_setup import SETTINGS, SYSTEM


class WaterSetup(models.AbstractModel):
    """Where compensations are booked, and who decides them."""

    _inherit = "water.setup"

    @api.model
    def _steps(self):
        return [
            *super()._steps(),
            self._step(
                "compensation_books",
                117,
                self.env._("Accounts of Compensations"),
                self._missing_books(self.env.company),
                SETTINGS,
                why=self.env._("Where credit notes and bills of compensations are booked."),
                group=SYSTEM,
                is_needed=False,
            ),
        ]

    def _missing_books(self, company):
        missing = []
        for kind in ("customer", "other"):
            row = self.env["water.compensation"].new({"payee_kind": kind})
            try:
                company._water_compensation_books(row)
            except UserError as fault:
                missing.append(str(fault))
        return list(dict.fromkeys(missing))
