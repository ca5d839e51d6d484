from odoo import api, models
from odoo.exceptions import UserError

from ...base.models.water_setup import KEEPER, SYSTEM
from ...base.roles import INTEGRATION

#: Most receivers tested, each of which may take its time-out.
RECEIVERS = 10


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
                why=self.env._("Try it: each receiver gets a test, without any case in it."),
                group=SYSTEM,
                is_needed=False,
            ),
        ]

    def _missing_integrations(self, company):
        users = self.env.ref(INTEGRATION).all_user_ids
        if users.filtered(lambda user: user.active and company in user.company_ids):
            return []
        return [self.env._("No user has the role of an integration")]

    def _webhooks(self, company):
        return self.env["water.webhook"].search(self._of_company("water.webhook", company))

    @api.model
    def _try_webhooks(self):
        """Send every receiver a test; all are tried, also when one of them does not take it."""
        hooks, faults = self._webhooks(self.env.company)[:RECEIVERS], []
        if not hooks:
            raise UserError(self.env._("There is no webhook to try."))
        for hook in hooks:
            try:
                hook.action_test()
            except UserError as fault:
                faults.append(f"{hook.name}: {fault}")
        if faults:
            raise UserError("\n".join(faults))
        return self.env._("The test was taken by: %s", self._named(hooks))

    def _missing_webhooks(self, company):
        hooks = self._webhooks(company)
        broken = hooks.filtered("dead_count")
        return [self.env._("Gave up deliveries: %s", self._named(broken))] if broken else []
