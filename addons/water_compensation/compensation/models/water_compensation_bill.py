from odoo import api, models

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.todos import end_todos, open_todos
from odoo.addons.water_service_desk.base.trust import trusted

TO_DO = "water_compensation.mail_activity_type_bill"
#: what is not decided yet follows a bill that becomes known
WAITING = ("draft", "proposed")


class WaterCompensation(models.Model):
    """A cap by the year's water bill that nobody has entered asks for it, until it is known.

    A to-do on the case, or on the incident, for whoever answers for it; the button leads to the
    account, where the bill is entered, which works the compensation out again.
    """

    _inherit = "water.compensation"

    @api.model
    def _work_out(self, items, reason=False):
        rows = super()._work_out(items, reason)
        rows.sudo().filtered(lambda row: row.bill_unknown and row.state in WAITING)._ask_bills()
        return rows

    def _ask_bills(self):
        """One to-do for each case or incident, however many of its compensations ask."""
        for thread, rows in self._by_thread():
            user = rows._bill_asked(thread)
            if user and not open_todos(thread, TO_DO):
                words = thread.with_context(lang=user.lang).env
                thread.with_context(mail_activity_quick_update=True).activity_schedule(
                    TO_DO,
                    date_deadline=thread.company_id._water_today(),
                    summary=words._(
                        "Enter the year's water bill of %s at the account",
                        ", ".join(rows.account_id.mapped("code")[:5]),
                    ),
                    user_id=user.id,
                )

    def _by_thread(self):
        """``[(case or incident, its rows)]``; what has neither asks on its form alone."""
        found = {}
        for row in self:
            case = row._case_or_none()
            thread = case if case is not None else row.incident_id
            if thread:
                found[thread] = found.get(thread, row.browse()) | row
        return found.items()

    @api.model
    def _bill_asked(self, thread):
        """Whoever answers for the case, or commands; a supervisor where nobody does."""
        commands = thread._name == "water.incident"
        user = thread._commander() if commands else thread._acting_responsible()
        return user[:1] or thread.company_id._water_asked_user()

    def _still_asking(self, thread):
        """Whether a compensation of the case or incident still waits for a bill."""
        link = "incident_id" if thread._name == "water.incident" else self._case_field(thread._name)
        return self.search_count(
            [(link, "=", thread.id), ("bill_unknown", "=", True), ("state", "in", WAITING)], limit=1
        )

    def _follow(self, item, reason):
        asked = self.bill_unknown
        super()._follow(item, reason)
        if asked and not self.bill_unknown:
            self._end_bills()

    def _after_approved(self):
        super()._after_approved()
        self.sudo().filtered("bill_unknown")._end_bills()

    def _after_dropped(self):
        super()._after_dropped()
        self.sudo().filtered("bill_unknown")._end_bills()

    def _end_bills(self):
        """The bill is known, or nothing waits for it any more: nobody is asked for it."""
        for thread, rows in self._by_thread():
            if not rows._still_asking(thread):
                end_todos(thread, TO_DO)

    def action_enter_bill(self):
        """Open the account, where the year's bill is entered."""
        self.ensure_one()
        self.check_access("read")
        return windows.form(self.account_id)


class WaterAccount(models.Model):
    """A bill that becomes known is what the waiting compensations have asked for."""

    _inherit = "water.account"

    def write(self, vals):
        done = super().write(vals)
        if "annual_water_bill" in vals:
            self._follow_bill()
        return done

    def _follow_bill(self):
        # sudo: water.compensation - whoever enters a bill need not see compensations
        rows = self.env["water.compensation"].sudo()
        waiting = rows.search(
            [
                ("account_id", "in", self.ids),
                ("bill_unknown", "=", True),
                ("state", "in", WAITING),
            ]
        )
        trusted(waiting)._recompute(self.env._("The year's water bill was entered."))
