from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.moments import is_late
from odoo.addons.water_service_desk.base.trust import trusted


class WaterCompensation(models.Model):
    """Payment dates that reach a year whose holidays are not known: told as such, and settled.

    No penalty arises from a date that was provisional when it was promised.
    """

    _inherit = "water.compensation"

    due_provisional = fields.Boolean(
        string="Payment Date Provisional",
        readonly=True,
        copy=False,
        help="The day to pay reaches a year whose holidays are not known: no penalty goes by it.",
    )
    bill_unknown = fields.Boolean(
        readonly=True,
        copy=False,
        help="The cap of a year's water bill was not applied, because nobody has entered the bill.",
    )

    def _due_words(self):
        """The last day to pay as people read it; provisional in words."""
        day = fields.Date.to_string(self.due_on) if self.due_on else ""
        return self._say_provisional(day) if day and self.due_provisional else day

    @api.model
    def _follow_calendar(self):
        """Work provisional payment dates out again; what moves is told once, and logged."""
        domain = Domain("due_provisional", "=", True) & Domain("rule_id", "!=", False)
        domain &= Domain("payment_state", "not in", ("paid", "reversed"))
        # sudo: water.compensation - whoever keeps the calendar need not see the compensations
        rows = self.sudo().search(domain & Domain("state", "in", ("draft", "proposed", "approved")))
        moved = rows.browse()
        for row in trusted(rows):
            day, provisional = row._pay_until(row.rule_id, row.company_id, row.paid_from)
            today = row.company_id._water_today()
            if not day or (provisional and day == row.due_on):
                continue
            moved |= row if day != row.due_on else rows.browse()
            # a day that is over already was never promised for certain
            waits = provisional or is_late(day, today)
            row.write({"due_on": day, "due_provisional": waits})
            row._move_payment_clock()
        moved._tell_new_day()

    def _move_payment_clock(self):
        """The clock of the payment follows its day."""
        case = self._case_or_none()
        if case is None:
            return
        clocks = case.deadline_ids.filtered(
            lambda clock: clock.kind == "payment" and clock.state == "running"
        )
        end = case.company_id._water_end_of_day(self.due_on)
        limits = dict.fromkeys(clocks, (end, self.due_provisional))
        clocks._replan(limits, self.env._("Holidays have been announced."))

    def _tell_new_day(self):
        """Customers who know of it hear of the new day, once."""
        self._log_case("moved")
        template = self.env.ref("water_complaints.mail_template_compensation_day")
        known = self._public_rows().filtered("partner_id")
        self.env["water.message"]._queue(template, known)
