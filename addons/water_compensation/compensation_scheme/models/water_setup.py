from odoo import api, models


class WaterSetup(models.AbstractModel):
    """Choose the compensation scheme."""

    _inherit = "water.setup"

    @api.model
    def _steps(self):
        return [
            *super()._steps(),
            self._step(
                "compensation_scheme",
                115,
                self.env._("Scheme of Compensation"),
                self._missing_scheme(self.env.company),
                "water_compensation.action_compensation_profile",
                why=self.env._("Its rules say what customers are owed."),
                is_needed=False,
            ),
        ]

    def _missing_scheme(self, company):
        scheme = company.water_compensation_profile_id
        if not scheme:
            return [self.env._("No scheme is chosen in the settings")]
        if scheme.is_fictitious:
            return [self.env._("The scheme is an invented example: %s", scheme.display_name)]
        rules = scheme._chain().rule_ids.filtered(lambda rule: rule.active and rule.is_doubtful)
        if rules:
            return [self.env._("Unconfirmed rules: %s", self._named(rules))]
        return []
