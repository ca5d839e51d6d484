from datetime import timedelta

from odoo import fields, models


class MailActivityPlanTemplate(models.Model):
    """A step of an emergency plan may be due within minutes, or before planned work begins."""

    _inherit = "mail.activity.plan.template"

    water_due_minutes = fields.Integer(
        string="Due within (min)",
        help="Of an emergency plan: so many minutes after the start; with a minus sign so many"
        " before the planned beginning. 0: by days, as above.",
    )


class WaterIncident(models.Model):
    """The checklist of an incident: the steps of its plan become to-dos with their times."""

    _inherit = "water.incident"

    def _schedule_plan(self):
        """The steps of the plan as to-dos of those who are named, or of whoever commands."""
        for step in self.plan_id.template_ids:
            user = step.responsible_id if step.responsible_type == "other" else self.manager_id
            user = user.filtered("active") or self._commander() or self.env.user
            due = self._step_due_at(step)
            by_days = step._get_date_deadline(self.company_id._water_today())
            self.activity_schedule(
                activity_type_id=step.activity_type_id.id,
                summary=self._step_summary(step, due, user),
                note=step.note,
                date_deadline=self._day_of(due) if due else by_days,
                user_id=user.id,
            )

    def _move_plan(self, begin):
        """Move the open to-dos before planned work along with its beginning.

        :param begin: naive UTC beginning until now
        """
        for step in self.plan_id.template_ids.filtered(lambda row: row.water_due_minutes < 0):
            due, now = self._step_due_at(step, begin), self._step_due_at(step)
            # sudo: mail.activity - of the incident that the user has just moved
            for todo in self.sudo().activity_ids:
                user = todo.user_id
                if todo.summary == self._step_summary(step, due, user):
                    summary = self._step_summary(step, now, user)
                    todo.write({"summary": summary, "date_deadline": self._day_of(now)})

    def _step_due_at(self, step, begin=None):
        """When a step is due (naive UTC); nothing for one that goes by days.

        :param begin: naive UTC beginning of planned work, by default the present one
        """
        begin = self.opened_at if step.water_due_minutes > 0 else begin or self.aware_at
        return step.water_due_minutes and begin + timedelta(minutes=step.water_due_minutes)

    def _day_of(self, moment):
        """The day of ``moment`` (naive UTC) by the company's calendar."""
        local = self.with_context(tz=self.company_id.sudo()._water_tz())
        return fields.Datetime.context_timestamp(local, moment).date()

    def _step_summary(self, step, due, user):
        if not due:
            return step.summary
        words = self.with_context(lang=user.lang)
        return words.env._("%(step)s (by %(time)s)", step=step.summary, time=words._local(due))
