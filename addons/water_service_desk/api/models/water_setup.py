from odoo import api, models

from ...base.models.water_setup import KEEPER
from ...base.roles import INTEGRATION


class WaterSetup(models.AbstractModel):
    """Machines that file cases and hear of them."""

    _inherit = "water.setup"

    @api.model
    def _steps(self):
        return [
            *super()._steps(),
            self._step(
                "integrations",
                120,
                self.env._("Integrations"),
                self._missing_integrations(self.env.company),
                "base.action_res_users",
                why=self.env._("Website, APP, hotline and billing system: each has its own user."),
                group=KEEPER,
                is_needed=False,
            ),
            self._step(
                "webhooks",
                125,
                self.env._("Webhooks"),
                self._missing_webhooks(self.env.company),
                "water_service_desk.action_webhook",
                why=self.env._("They tell integrations of their cases."),
                is_needed=False,
            ),
        ]

    def _missing_integrations(self, company):
        users = self.env.ref(INTEGRATION).all_user_ids
        if users.filtered(lambda user: user.active and company in user.company_ids):
            return []
        return [self.env._("No user has the role of an integration")]

    def _missing_webhooks(self, company):
        hooks = self.env["water.webhook"].search(self._of_company("water.webhook", company))
        broken = hooks.filtered("dead_count")
        return [self.env._("Gave up deliveries: %s", self._named(broken))] if broken else []
