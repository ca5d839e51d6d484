from odoo import api, models


class WaterSetup(models.AbstractModel):
    """Accounts and premises: from the billing system, or imported."""

    _inherit = "water.setup"

    @api.model
    def _steps(self):
        domain = [("company_id", "=", self.env.company.id)]
        has_accounts = self.env["water.account"].search_count(domain, limit=1)
        missing = [self.env._("No account; import them with a list from the billing system")]
        return [
            *super()._steps(),
            self._step(
                "accounts",
                80,
                self.env._("Accounts"),
                [] if has_accounts else missing,
                "water_service_desk.action_account",
                why=self.env._("Callers are found by them; cases know the meter and the place."),
                is_needed=False,
            ),
        ]
