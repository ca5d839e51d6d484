from collections import defaultdict
from datetime import timedelta

from odoo import _, api, fields, models, tools
from odoo.exceptions import ValidationError

from ..tools.working_time import WorkTime

#: Units that never stop, as hours.
_ABSOLUTE_HOURS = {"minute": 1 / 60, "hour": 1}


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    special_day_ids = fields.One2many("water.calendar.day", "calendar_id", string="Special Days")

    @tools.ormcache("self.id")
    def _water_work_time(self):
        """The calendar as a :class:`WorkTime`, kept until hours or special days change."""
        self.ensure_one()
        # sudo: water.calendar.day - a clock must not depend on who starts it
        calendar = self.sudo()
        days = calendar.env["water.calendar.day"].search(
            [("calendar_id", "in", [False, calendar.id])]
        )
        return WorkTime(
            calendar.tz or "UTC",
            calendar._water_week(),
            off=days.filtered(lambda day: day.kind == "off").mapped("date"),
            work=days.filtered(lambda day: day.kind == "work").mapped("date"),
            loaded_years={day.year for day in days.mapped("date")},
        )

    def _water_week(self):
        """Weekday → sorted working spans in hours; lunch lines and one-off lines left out."""
        week = defaultdict(list)
        for line in self.attendance_ids:
            if line.day_period != "lunch" and not line.display_type:
                week[int(line.dayofweek)].append((line.hour_from, line.hour_to))
        return {day: sorted(spans) for day, spans in week.items()}

    def _water_due_at(self, start, amount, unit):
        """Tell when a limit that starts at ``start`` ends (S3.1.2a 限时办结).

        :param start: naive UTC datetime at which the clock starts
        :param amount: length of the limit, positive; whole for days
        :param unit: ``minute`` and ``hour`` never stop; ``calendar_day`` ends at the same
            time of day; ``working_hour`` counts working time only; ``working_day`` does not
            count the day of receipt and ends at close of business of day N
        :return: ``(due, provisional)``: naive UTC datetime, and whether the limit reaches a
            year whose holidays are not loaded
        :raises ValidationError: when amount, unit or calendar make no limit
        """
        try:
            if amount <= 0:
                raise ValueError("a limit without time")
            if unit in _ABSOLUTE_HOURS:
                return start + timedelta(hours=amount * _ABSOLUTE_HOURS[unit]), False
            if unit == "calendar_day":
                return start + timedelta(days=amount), False
            if unit == "working_hour":
                return self._water_work_time().add_hours(start, amount)
            if unit == "working_day" and int(amount) == amount:
                return self._water_work_time().add_days(start, int(amount))
        except (ValueError, OverflowError) as error:
            raise ValidationError(
                _(
                    "No time limit can be worked out from %(amount)s %(unit)s in “%(calendar)s”.",
                    amount=amount,
                    unit=unit,
                    calendar=self.display_name,
                )
            ) from error
        raise ValidationError(_("“%(unit)s” is no unit of a time limit.", unit=unit))

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)
