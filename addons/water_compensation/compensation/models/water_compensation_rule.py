from odoo import api, models
from odoo.exceptions import UserError


class WaterCompensationRule(models.Model):
    """A rule by which something was worked out stays as it is, and none begins before it."""

    _inherit = "water.compensation.rule"

    def _used(self):
        # sudo: water.compensation.version - who keeps the rules may not see compensations
        versions = self.env["water.compensation.version"].sudo()
        rows = versions._read_group([("rule_id", "in", self._origin.ids)], ["rule_id"])
        return self.browse(rule.id for (rule,) in rows)

    # -- never backwards ----------------------------------------------------------------------

    @api.constrains("active", "valid_from")
    def _check_open(self):
        """Refuse a rule from a past day if open compensations of those days use another rule.

        :raises UserError: naming that rule
        """
        past = self.filtered(
            lambda rule: rule.active and rule.valid_from < rule.company_id._water_today()
        )
        for rule in past:
            domain = [
                ("state", "in", ("draft", "proposed")),
                ("trigger", "=", rule.trigger),
                ("failed_at", ">=", rule.valid_from),
                ("rule_id", "!=", rule.id),
                ("rule_id.profile_id", "=", rule.profile_id.id),
            ]
            # sudo: water.compensation - who keeps the rules may not see compensations
            found = self.env["water.compensation"].sudo().search(domain, limit=1)
            if found:
                raise UserError(
                    self.env._(
                        "%(number)s is open and goes by the rule by which it was proposed: let"
                        " “%(rule)s” begin today or later.",
                        number=found.name,
                        rule=rule.display_name,
                    )
                )
