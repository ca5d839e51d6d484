from odoo import models


class WaterDeadline(models.Model):
    """A missed limit may cost money, by the company's scheme of compensation."""

    _inherit = "water.deadline"

    def _after_breach(self):
        super()._after_breach()
        items = [item for clock in self.sudo() for item in clock._compensation_items()]
        if items:
            self.env["water.compensation"]._work_out(items)

    def _compensation_items(self):
        """What not having answered costs: by the guaranteed limit, or by that of the standard."""
        if self.promised_provisional:  # nobody is owed anything for a date that was not certain
            return []
        case = self._promised_case()
        rule = case._answer_rule()
        guarded = "guarantee" if rule.limit_amount else "close"
        if not rule.is_automatic or self.kind != guarded or not case._is_payable():
            return []
        values = case._compensation_values(rule.trigger, self.due_at)
        return [{"values": {**values, "deadline_id": self.id}, "rule": rule, "facts": {}}]
