from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.water_service_desk.base.moments import is_late
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.clock.working_time import DAY


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
    # by which it was promised, whatever hours the company has chosen since
    pay_calendar_id = fields.Many2one(
        "resource.calendar", readonly=True, copy=False, export_string_translation=False
    )
    bill_unknown = fields.Boolean(
        readonly=True,
        copy=False,
        help="The cap of a year's water bill was not applied, because nobody has entered the bill.",
    )

    def _due_words(self):
        """The last day to pay as people read it; provisional in words."""
        day = format_date(self.env, self.due_on, date_format="long") if self.due_on else ""
        return self._say_provisional(day) if day and self.due_provisional else day

    @api.model
    def _follow_calendar(self, first, last):
        """Work open payment dates out again; what moves is told once, and logged.

        Those that lie in a year which nobody knew, and those that the days concern. A day that is
        over, or would be, is not moved: what was promised for certain stays.

        :param first: first date that became or ceased to be a special day
        :param last: last such date
        """
        concerned = Domain("due_on", ">=", first - DAY) & Domain("paid_from", "<=", last + DAY)
        domain = concerned | Domain("due_provisional", "=", True)
        domain &= Domain("rule_id", "!=", False)
        domain &= Domain("payment_state", "not in", ("paid", "reversed"))
        # sudo: water.compensation - whoever keeps the calendar need not see the compensations
        rows = self.sudo().search(domain & Domain("state", "in", ("draft", "proposed", "approved")))
        moved = rows.browse()
        for row in trusted(rows):
            day, provisional = row._pay_again()
            today = row.company_id._water_today()
            if not day or (provisional, day) == (row.due_provisional, row.due_on):
                continue
            if not row.due_provisional and is_late(min(day, row.due_on), today):
                continue
            moved |= row if day != row.due_on else rows.browse()
            # a day that is over already was never promised for certain
            waits = provisional or is_late(day, today)
            row._move_payment_day(day, waits)
        for link in self._case_models():  # what stays payable by the day that another has left
            beside = moved[link].compensation_ids.filtered(lambda row: row._is_unpaid())
            beside._start_payment_clocks()
        moved._tell_new_day()

    def _pay_again(self):
        """``(last day to pay, provisional)`` as the calendar by which it was promised now says."""
        promise = self.rule_id, self.company_id, self.paid_from
        return self._pay_until(*promise, self.pay_calendar_id)

    def _move_payment_day(self, day, provisional):
        """Another day to pay: the clock of the payment follows it, and says why.

        :param day: the last day to pay
        :param provisional: whether it may move yet
        """
        announced = self.env._("Holidays have been announced.")
        changed = self.env._("The working time of the calendar has changed.")
        reason = announced if self.due_provisional else changed
        case, before = self._case_or_none(), self.due_on
        self.write({"due_on": day, "due_provisional": provisional})
        if case is None:
            return
        clocks = case._payment_clocks(before) if before else self.env["water.deadline"]
        clocks = clocks.filtered(lambda clock: clock.state == "running")
        if day != before and case._payment_clocks(day):  # one runs for that day already
            clocks._void()
            return
        end = case.company_id._water_end_of_day(day)
        clocks._replan(dict.fromkeys(clocks, (end, provisional)), reason)

    def _tell_new_day(self):
        """Customers who know of it hear of the new day, once."""
        self._log_case("moved")
        template = self.env.ref("water_compensation.mail_template_compensation_day")
        known = self._public_rows().filtered("partner_id")
        self.env["water.message"]._queue(template, known)
