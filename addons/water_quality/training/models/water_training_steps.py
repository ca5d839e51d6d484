from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.moments import moment_text
from odoo.addons.water_service_desk.base.telling import tell_staff
from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import said

#: How long before a training those invited are reminded, once.
REMIND = timedelta(days=2)


class WaterTraining(models.Model):
    """From the proposal to the record of who was there."""

    _inherit = "water.training"

    def _check_may(self, state, words):
        """:raises AccessError: by anybody who does not look after trainings
        :raises UserError: for one in another state, in these words
        """
        self.check_access("write")
        if not self._is_manager():
            raise AccessError(self.env._("Quality and supervisors plan trainings."))
        if any(row.state not in state for row in self):
            raise UserError(words)

    def action_plan(self):
        """Fix the date and tell those invited.

        :raises UserError: without a date, a trainer or anybody invited
        """
        self._check_may(("proposed",), self.env._("Only what is proposed is planned."))
        for row in self:
            trainer = row.trainer_id or said(row.trainer_name)
            if not (row.starts_at and trainer and row.attendee_ids):
                raise UserError(self.env._("Say when, who teaches, and who is invited."))
        trusted(self).state = "planned"
        for row in self:
            row._tell_invited(row.attendee_ids.user_id)
        return True

    def _tell_invited(self, people):
        """Tell people of a training to come.

        :param people: res.users
        """
        tell_staff(
            self,
            people | self.trainer_id,
            lambda rows: rows.env._("Training: %s", rows.subject),
            lambda row: row._reminder_line(),
            is_list=True,
        )

    def _reminder_line(self):
        """When and where, in the reader's language and by the company's time."""
        when = moment_text(self.env, self.starts_at, self.company_id._water_tz())
        return " · ".join(part for part in (self.display_name, when, self.place) if part)

    def action_hold(self):
        """Record that it was held: from now on nothing of it is changed, and exams count.

        The trainer may, and whoever looks after trainings.

        :raises AccessError: by anybody else
        :raises UserError: before it has begun, and while somebody's attendance or exam is open
        """
        self.check_access("read")
        for row in self:
            if not row.can_record:
                raise AccessError(self.env._("The trainer or quality records a planned training."))
            row._check_recorded()
        # sudo: water.training - the trainer records it, and changes nothing else of it
        trusted(self.sudo()).state = "held"
        for row in self:
            row.sudo().attendee_ids._award()
        return True

    def _check_recorded(self):
        if self.starts_at > fields.Datetime.now():
            raise UserError(self.env._("It has not begun yet."))
        rows = self.sudo().attendee_ids
        open_ = rows.filtered(lambda row: row.state == "invited")
        if open_:
            names = ", ".join(open_.user_id.mapped("name"))
            raise UserError(self.env._("Say of everybody whether he was there: %s", names))
        unmarked = rows.filtered(lambda row: row.state == "attended" and not row.is_marked)
        if self.has_exam and unmarked:
            names = ", ".join(unmarked.user_id.mapped("name"))
            raise UserError(self.env._("Enter the points of the exam: %s", names))

    def action_cancel(self):
        """Call it off, with the reason; those invited are told.

        :raises UserError: without a reason, and once it was held
        """
        self._check_may(
            ("proposed", "planned"), self.env._("What was held or cancelled is not called off.")
        )
        for row in self:
            if not said(row.cancel_reason):
                raise UserError(self.env._("Say why it is cancelled."))
            told = row.attendee_ids.user_id | row.trainer_id
            if row.state == "planned":
                tell_staff(
                    row,
                    told,
                    lambda rows: rows.env._("Cancelled: %s", rows.subject),
                    lambda one: one.cancel_reason,
                    is_list=True,
                )
        trusted(self).state = "cancelled"
        return True

    def action_again(self):
        """Propose it again for whoever was not there or has not passed.

        :raises UserError: before it was held, and where nobody is left
        """
        self.ensure_one()
        self._check_may(("held",), self.env._("Only what was held is repeated."))
        left = self.attendee_ids.filtered(lambda row: row.state != "attended" or row.has_failed)
        people = left.user_id.filtered("active")
        if not people:
            raise UserError(self.env._("Everybody was there and has passed."))
        again = trusted(self).copy({"again_of_id": self.id, "starts_at": False, "plan_id": False})
        again._invite(people)
        return windows.form(again.with_env(self.env))

    # -- reminder -------------------------------------------------------------------------

    @api.model
    def _cron_remind(self):
        """Scheduled action: remind those invited, and whoever has to record what is over."""
        now = fields.Datetime.now()
        rows = self.search([("state", "=", "planned"), ("starts_at", "<", now + REMIND)])
        rows = rows.try_lock_for_update(allow_referencing=True)
        coming = rows.filtered(lambda row: row.starts_at > now and not row.reminded_on)
        for row in coming:
            row._tell_invited(row.attendee_ids.user_id)
        days = {company: company._water_today() for company in rows.company_id}
        over = rows.filtered(
            lambda row: row.starts_at <= now and row.reminded_on != days[row.company_id]
        )
        lists = {}
        for row in over:
            for user in row.trainer_id or row.create_uid:
                lists[user] = lists.get(user, self.browse()) | row
        self.env["water.staff.message"]._tell_lists(
            lists, lambda env, count: env._("%(count)s trainings are to be recorded", count=count)
        )
        for company, reminded in (coming | over).grouped("company_id").items():
            trusted(reminded).write({"reminded_on": days[company]})
