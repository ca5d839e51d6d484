from odoo import api, models

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
            day = company._water_today(row.failed_at)
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
            day, provisional = row._pay_again()
            trusted(row).due_provisional = provisional
            return day
        return super()._payment_due_on()

    def _after_dropped(self):
        """What lay in the time of an incident that is not paid counts for itself again."""
        super()._after_dropped()
        rows = self.sudo().filtered(lambda row: row.incident_id and row._is_of_incident())
        rows.incident_id._beside()._compensate_again()
