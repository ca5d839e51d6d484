from odoo import api, fields, models

from odoo.addons.water_service_desk.base.trust import trusted


class WaterCompensation(models.Model):
    """Compensations are worked out by rules; those of people stay as they were decided."""

    _inherit = "water.compensation"
    _file_fields = ("evidence_ids",)

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._add_rule_of_loss()
        return rows

    def _add_rule_of_loss(self):
        """A claim for loss is made by the rule of the company's scheme, where it has one."""
        rules = self.env["water.compensation.rule"]
        for row in self.sudo().filtered(lambda row: row.kind == "claim" and not row.rule_id):
            company = row.company_id
            day = self._local_day(company, fields.Datetime.now())
            rule = rules._rule_for(company, "loss", row.customer_class, day)
            if rule:
                trusted(row).write({"rule_id": rule.id, "trigger": "loss"})

    def _after_proposed(self):
        """What still lacks a fact waits for it, not for a decision."""
        ready = self.filtered(lambda row: row.state != "draft")
        return super(WaterCompensation, ready)._after_proposed()

    def _payment_due_on(self):
        row = self.sudo()
        if row.rule_id.pay_days and row.paid_from:
            return self._pay_by(row.rule_id, row.company_id, row.paid_from)
        return super()._payment_due_on()

    def _penalty_values(self):
        """What is paid on top when the company pays late, by the rule of the entitlement."""
        row = self.sudo()
        rule = row._rule_of_penalty()
        if row.kind != "entitlement" or not rule.late_penalty or not row.amount:
            return super()._penalty_values()
        company = row.company_id
        same = rule.currency_id == company.currency_id
        rate = 1 if same else company.water_compensation_rate
        amount = company.currency_id.round(rule.late_penalty * rate)
        trace = self.with_context(lang=company.partner_id.lang or self.env.lang).env._(
            "Payable by %(due)s and not paid: penalty by %(rule)s.",
            due=row.due_on,
            rule=rule.code,
        )
        return {"amount": amount, "rule_id": rule.id, "trigger": rule.trigger, "trace": trace}

    def _rule_of_penalty(self):
        """Its own rule; the first difference stands for what a calculation has replaced."""
        root = self.corrects_id
        if root.is_replaced and self == root._live_corrections().sorted("id")[:1]:
            return root.rule_id
        return self.rule_id
