from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base import windows

#: failures that the system cannot see, entered by hand
BY_HAND = (
    *("appointment_offer", "payment_change", "flood_internal", "flood_external"),
    *("meter_reading", "meter_install", "debt", "priority"),
)


class WaterEntitlementWizard(models.TransientModel):
    """Enter what went wrong; the rule gives the amount (domain 4.1, on claim)."""

    _name = "water.entitlement.wizard"
    _inherit = "water.mixin"
    _description = "Entitlement by Rule"

    complaint_id = fields.Many2one("water.complaint", required=True, readonly=True)
    company_id = fields.Many2one(related="complaint_id.company_id", related_sudo=False)
    rule_id = fields.Many2one(
        "water.compensation.rule",
        string="What Went Wrong",
        required=True,
        domain="[('id', 'in', possible_ids)]",
    )
    possible_ids = fields.Many2many("water.compensation.rule", compute="_compute_possible")
    failed_at = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    note = fields.Text(string="What Is Known of It", required=True)

    @api.depends("complaint_id", "failed_at")
    def _compute_possible(self):
        for wizard in self:
            wizard.possible_ids = wizard._possible()

    def _possible(self):
        """The rules of the company's scheme that held for the customer that day, on claim."""
        case = self.complaint_id
        triggers = dict(self.env["water.compensation.rule"]._fields["trigger"].selection)
        rules = self.env["water.compensation.rule"]
        customer_class = case.account_id.customer_class
        day = case.company_id._water_today(self.failed_at)
        found = rules.union(
            *(rules._rule_for(case.company_id, name, customer_class, day) for name in triggers)
        )
        return found.filtered(
            lambda rule: (
                rule.method in ("fixed", "share")
                and (not rule.is_automatic or rule.trigger in BY_HAND)
            )
        ).with_env(self.env)

    def action_propose(self):
        """Propose the rule's compensation, once for each failure.

        :raises UserError: for a rule not in force, or a failure in the future
        """
        self.ensure_one()
        case = self.complaint_id
        case.check_access("write")
        if not case._is_desk():
            raise UserError(self.env._("Entitlements are proposed by the service desk."))
        if self.rule_id not in self._possible():
            raise UserError(self.env._("This rule does not hold for the customer."))
        if self.failed_at > fields.Datetime.now():
            raise UserError(self.env._("What has happened cannot lie in the future."))
        rule = self.rule_id.sudo()
        values = case.sudo()._compensation_values(rule.trigger, self.failed_at)
        values["origin_key"] += f":{case.company_id._water_today(self.failed_at)}"
        # the user who reports the failure counts as proposer
        now = fields.Datetime.now()
        values |= {"reason": self.note, "proposed_by_id": self.env.uid, "proposed_at": now}
        item = {"values": values, "rule": rule, "facts": {}}
        row = self.env["water.compensation"]._work_out([item])
        if not row:
            raise UserError(self.env._("No compensation by this rule: a cap has been reached."))
        return windows.form(row)
