from odoo import fields, models

from odoo.addons.water_service_desk.base.moments import is_late
from odoo.addons.water_service_desk.base.roles import CASE_GROUPS
from odoo.addons.water_service_desk.base.trust import trusted


class WaterVisit(models.Model):
    """An appointment that we do not keep, or cancel late, costs money (domain 4.1)."""

    _inherit = "water.visit"

    compensation_ids = fields.One2many(
        "water.compensation",
        "visit_id",
        string="Compensations",
        groups=CASE_GROUPS,
    )
    compensation_reason = fields.Selection(
        [
            ("customer_cancelled", "The customer cancelled"),
            ("customer_moved", "The customer asked for another time"),
            ("not_home", "The customer was not at home"),
            ("in_time", "Cancelled or moved by us in time"),
        ],
        string="No Compensation Because",
        readonly=True,
    )

    def _on_missed(self):
        super()._on_missed()
        self._owe(self.slot_to, self.slot_to)

    def _arrive(self, at=None, position=None):
        super()._arrive(at, position)
        if is_late(self.slot_to, self.arrived_at):
            self._owe(self.slot_to, self.slot_to)

    def _finish(self, at=None):
        super()._finish(at)
        if self.outcome == "no_access" and not is_late(self.slot_to, self.arrived_at):
            self._owe_nothing("not_home")

    def _reschedule(self, slot_from, slot_to, reason, by):
        old, by = self.slot_to, self._asked_by(by)
        super()._reschedule(slot_from, slot_to, reason, by)
        self._owe_for_change(old, by, "customer_moved")

    def _cancel(self, reason, by):
        by = self._asked_by(by)
        super()._cancel(reason, by)
        self._owe_for_change(self.slot_to, by, "customer_cancelled")

    def _owe_for_change(self, slot_to, by, customer_reason):
        """Changes that the customer asks for, and early ones by us, cost nothing."""
        if self.missed_at == slot_to:
            return
        if by == "customer":
            self._owe_nothing(customer_reason)
            return
        rule = self._appointment_rule(slot_to)
        if rule and self.notice_hours >= rule.notice_hours:
            self._owe_nothing("in_time")
        else:
            self._owe(slot_to, fields.Datetime.now())

    def _appointment_rule(self, slot_to):
        case = self.sudo()._case()
        day = self.company_id._water_today(slot_to)
        rules = self.env["water.compensation.rule"]
        account_class = case.account_id.customer_class
        return rules._rule_for(self.company_id, "appointment", account_class, day)

    def _owe(self, slot_to, at):
        """The appointment that was to end at ``slot_to`` was not kept.

        :param at: naive UTC moment at which that was so
        """
        visit = self.sudo()
        rule, case = visit._appointment_rule(slot_to), visit._case()
        if not (rule.is_automatic and case._is_payable()):
            return
        values = case._compensation_values("appointment", at)
        values |= {
            "origin_key": f"visit:{self.id}:{slot_to.isoformat()}",
            "visit_id": self.id,
            "department_id": self.department_id.id,
        }
        self.env["water.compensation"]._work_out([{"values": values, "rule": rule, "facts": {}}])

    def _owe_nothing(self, reason):
        trusted(self.sudo()).compensation_reason = reason
