from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.water_service_desk.base.moments import day_text
from odoo.addons.water_service_desk.base.trust import trusted

#: How long before the due date the owner is reminded.
REMIND = timedelta(days=3)
#: How long after it the next level is told: the head at once, the vice president then.
SECOND = timedelta(days=7)
DAY = timedelta(days=1)
WAITING = [("state", "in", ("open", "in_work", "reopened"))]


class WaterImprovement(models.Model):
    """Owners are reminded before the due date; when it has passed, those above them hear of it."""

    _inherit = "water.improvement"

    reminded_on = fields.Date(readonly=True, copy=False)
    escalation = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="0: nobody informed yet, 1: the head, 2: the executive in charge.",
    )

    @api.model
    def _cron_remind(self):
        """Scheduled action: each reminder and each level goes out once."""
        fresh = Domain(WAITING) & Domain("reminded_on", "=", False)
        soon = self.search(fresh & self._due_before(-REMIND - DAY))
        soon = soon.try_lock_for_update(allow_referencing=True)
        soon._tell_people(lambda row: row.owner_id)
        for company, rows in soon.grouped("company_id").items():
            trusted(rows).write({"reminded_on": company._water_today()})
        for level, ago in ((1, DAY * 0), (2, SECOND)):
            waiting = Domain(WAITING) & Domain("escalation", "<", level)
            late = self.search(waiting & self._due_before(ago))
            late = late.try_lock_for_update(allow_referencing=True)
            late._tell_people(lambda row, level=level: row._superiors(level))
            trusted(late).write({"escalation": level})

    @api.model
    def _due_before(self, ago):
        """Due before the day that is ``ago`` past, by the day of each company."""
        return self.env["res.company"]._water_each_day(
            "company_id", lambda day: Domain("due_on", "<", day - ago)
        )

    def _superiors(self, level):
        """Who hears of an overdue one at a level, besides the owner.

        Nobody hears of a complaint that is hidden from him.
        """
        department = self.department_id
        users = department.manager_id if level == 1 else department.deputy_id
        users |= self.create_uid if level == 1 else self.company_id.water_general_manager_id
        return users - self.complaint_id._people_concerned()

    def _tell_people(self, people):
        """One message to each person about all that concerns him.

        :param people: function of one record that returns users
        """
        lists = {}
        for row in self.sudo():
            for user in people(row):
                lists[user] = lists.get(user, self.sudo().browse()) | row
        self.env["water.staff.message"]._tell_lists(
            lists, lambda env, count: env._("%(count)s corrective actions are due", count=count)
        )

    def _tell_owners(self):
        """Owners hear of what has come to them."""
        lists = self.sudo().filtered("owner_id").grouped("owner_id")
        self.env["water.staff.message"]._tell_lists(
            lists, lambda env, count: env._("%(count)s corrective actions for you", count=count)
        )

    def _reminder_line(self):
        day = day_text(self.due_on)
        return f"{self.display_name} · {day}"
