import re
from bisect import bisect_right
from collections import defaultdict
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from zoneinfo import ZoneInfo

from pytz import country_timezones, timezone

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools.intervals import Intervals

from ..working_time import DAY, WorkTime, wall_moment, wall_time

#: Units that never stop, as hours.
_ABSOLUTE_HOURS = {"minute": 1 / 60, "hour": 1}
#: “国庆节 National Day”, as China's holidays are loaded.
IN_BOTH = re.compile(r"(?<![\u4e00-\u9fff])(?P<chinese>[\u4e00-\u9fff]+) (?P<other>[A-Za-z].*)")
#: The country whose holidays are known without a file.
CHINA = "CN"
#: fields of the weekly hours
_WEEK = frozenset({"attendance_ids", "two_weeks_calendar", "tz"})
#: Working hours are those of any day, other than special days.
_ALWAYS = (date(2000, 1, 1), date(9000, 1, 1))
#: A transaction begun before a change has ended by then.
SOON = timedelta(minutes=10)
#: Under which a transaction remembers that its clocks hear of a change once it is whole.
_CHANGING = "water_hours_changing"


class ResourceCalendar(models.Model):
    _name = "resource.calendar"
    _inherit = ["resource.calendar", "water.cached.mixin"]

    special_day_ids = fields.One2many("water.calendar.day", "calendar_id", string="Special Days")
    water_china_years = fields.Char(
        string="Loaded Holidays",
        readonly=True,
        copy=False,
        help="Years of the State Council's holidays that were loaded here once; days deleted since"
        " then do not come back by themselves.",
    )

    @api.constrains("attendance_ids")
    def _check_hours_of_clocks(self):
        """Hours by which clocks run are not taken away altogether."""
        for calendar in self.filtered(lambda calendar: not calendar._water_week()):
            users = calendar._water_users()
            if users:
                raise ValidationError(
                    self.env._(
                        "“%(calendar)s” needs working hours, because time limits are counted in"
                        " it: %(users)s. Enter hours, or choose other working hours there first.",
                        calendar=calendar.display_name,
                        users=", ".join(users),
                    )
                )

    def write(self, vals):
        if not _WEEK & vals.keys():
            return super().write(vals)
        with self._water_hours_change():
            return super().write(vals)

    @contextmanager
    def _water_hours_change(self):
        """Have open clocks follow a change of hours, once all lines of a form are stored."""
        known = self.env.cr.cache
        if known.get(_CHANGING):
            yield
            return
        known[_CHANGING] = True
        try:
            before = self._water_weeks()
            yield
            self.env.flush_all()
            self.invalidate_recordset(["attendance_ids"])
            weeks = self._water_weeks()
            # sudo: water.deadline - who keeps the hours may not see the cases
            clocks = self.env["water.deadline"].sudo()
            open_ = [("met_at", "=", False), ("state", "in", ("running", "paused"))]
            runs = clocks.search_count([("calendar_id", "in", self.ids), *open_], limit=1)
            if weeks != before and all(week for *__, week in weeks) and runs:
                self._water_follow(_ALWAYS)
        finally:
            known.pop(_CHANGING, None)

    def _water_follow(self, dates):
        """Work out again the open limits that run over ``dates`` by the changed calendars.

        Once more a little later: a transaction that files a case at the same time neither sees the
        change nor is seen by it.
        """
        if not dates:
            return
        self._water_follow_days(min(dates), max(dates))
        if self.pool.ready:  # while addons are installed there is no case yet
            # sudo: ir.cron - a manager of special days may not write it
            cron = self.env.ref("water_service_desk.ir_cron_recount").sudo()
            cron._trigger(at=fields.Datetime.now() + SOON)

    @api.model
    def _cron_recount(self):
        self._water_follow_days(*_ALWAYS)

    @api.model
    def _water_follow_days(self, first, last):
        self.env["water.deadline"]._follow_calendar(first, last)
        for model in self.env["water.counted.limit.mixin"]._counted_models():
            self.env[model]._follow_days(first, last)

    def _water_weeks(self):
        """Return what limits depend on in these calendars, besides special days."""
        return [
            (calendar.tz, calendar.two_weeks_calendar, calendar._water_week())
            for calendar in self.exists()
        ]

    def _water_users(self):
        # sudo: water.standard.line, res.company - a calendar is told who needs it
        lines = self.env["water.standard.line"].sudo().search([("calendar_id", "=", self.id)])
        companies = self.env["res.company"].sudo().search([("water_calendar_id", "=", self.id)])
        return [*lines.standard_id.mapped("display_name"), *companies.mapped("name")]

    def _check_has_hours(self):
        for calendar in self.filtered(lambda calendar: not calendar._water_week()):
            raise ValidationError(
                self.env._(
                    "“%(calendar)s” has no working hours, so time limits cannot be counted: enter "
                    "its hours first, or choose others.",
                    calendar=calendar.display_name,
                )
            )

    @tools.ormcache("self.id")
    def _water_work_time(self):
        """The calendar as a :class:`WorkTime`, kept until hours or special days change."""
        self.ensure_one()
        # sudo: resource.calendar - a clock must not depend on who starts it
        calendar = self.sudo()
        days = calendar._water_special_days()
        kinds = {day.date: day.kind for day in days}
        return WorkTime(
            calendar.tz or "UTC",
            calendar._water_week(),
            off=(day for day, kind in kinds.items() if kind == "off"),
            work=(day for day, kind in kinds.items() if kind == "work"),
            loaded_years={day.date.year for day in days if day.official},
            two_weeks=calendar.two_weeks_calendar,
        )

    def _water_special_days(self):
        # sudo: water.calendar.day - a clock must not depend on who starts it
        days = self.env["water.calendar.day"].sudo()
        return days.search([("calendar_id", "=", self.id)], order="date")

    @api.model
    def _water_in_china(self):
        """Return the calendars by which clocks of companies in China run.

        A calendar of all companies, named by a standard of all companies, is known by its zone.
        """
        # sudo: res.company, water.standard.line - the scheduler looks after all companies
        companies = (
            self.env["res.company"].sudo().search([("partner_id.country_id.code", "=", CHINA)])
        )
        lines = self.env["water.standard.line"].sudo().search([("calendar_id", "!=", False)])
        calendars = self.browse().union(*(company._water_calendar() for company in companies))
        for line in lines:
            company = line.calendar_id.company_id or line.standard_id.company_id
            here = line.calendar_id.tz in country_timezones[CHINA] and companies
            if company in companies if company else here:
                calendars |= line.calendar_id
        return calendars

    def _water_load_holidays(self):
        # sudo: water.calendar.day - who sets clocks up may not keep calendars
        days = self.env["water.calendar.day"].sudo()
        if self:
            days._load_new_china(self & self._water_in_china())

    def _water_remembered_years(self):
        return {int(year) for year in (self.water_china_years or "").split()}

    def _water_remember_years(self, years):
        for calendar in self:
            known = calendar._water_remembered_years() | set(years)
            # sudo: resource.calendar - written by the system, no matter who loads the days
            calendar.sudo().water_china_years = " ".join(map(str, sorted(known)))

    def _water_loaded_years(self):
        """Return the years with known holidays; none without hours."""
        try:
            return self._water_work_time().loaded_years
        except ValueError:
            return frozenset()

    def _water_week(self):
        """Return weekday → sorted working spans in hours, without lunch and one-off lines."""
        week = defaultdict(list)
        for line in self._water_attendances():
            week[self._water_day_of(line)].append((line.hour_from, line.hour_to))
        return {day: sorted(spans) for day, spans in week.items()}

    def _water_day_of(self, line):
        return int(line.dayofweek) + 7 * (self.two_weeks_calendar and int(line.week_type))

    def _water_attendances(self):
        return self.attendance_ids.filtered(
            lambda line: line.day_period != "lunch" and not line.display_type
        )

    # -- Odoo's own functions honour special days ------------------------------------------

    def _attendance_intervals_batch(
        self, start_dt, end_dt, resources=None, domain=None, tz=None, lunch=False
    ):
        """Leave out days off and add make-up working days."""
        result = super()._attendance_intervals_batch(
            start_dt, end_dt, resources=resources, domain=domain, tz=tz, lunch=lunch
        )
        if lunch or domain or self.flexible_hours or not self.attendance_ids:
            return result
        try:
            hours = self._water_work_time()
        except ValueError:
            return result
        if not (hours.off or hours.work):
            return result  # calendars of others are left as they are
        zones = {resource.id: resource.tz for resource in resources or ()}
        for key, intervals in result.items():
            zone = tz or timezone(zones.get(key) or self.tz or "UTC")
            result[key] = self._water_adjust(hours, intervals, start_dt, end_dt, zone)
        return result

    def _water_adjust(self, hours, intervals, start, end, zone):
        """Take days off out of Odoo's attendance intervals, put make-up days in."""
        kept = [item for item in intervals if item[0].astimezone(zone).date() not in hours.off]
        lines = self._water_attendances()
        # of two weeks one day is the model, as in WorkTime, not those of both
        model_day = lines.filtered(lambda line: self._water_day_of(line) == min(hours.week))
        first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
        make_up = (day for day in hours.work if first <= day <= last and hours.is_make_up(day))
        for day in make_up:
            for line in model_day:
                begin, finish = (
                    zone.localize(datetime.combine(day, time()) + timedelta(hours=hour))
                    for hour in (line.hour_from, line.hour_to)
                )
                opens = max(begin, start.astimezone(zone))
                closes = min(finish, end.astimezone(zone))
                if opens < closes:
                    kept.append((opens, closes, line))
        return Intervals(kept, keep_distinct=True)

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
                # the time of day stays through a change to summer time
                return self._water_wall_move(start, timedelta(days=amount)), False
            if unit == "working_hour":
                return self._water_work_time().add_hours(start, amount)
            if unit == "working_day":
                if int(amount) != amount:
                    raise ValueError("a part of a working day")
                return self._water_work_time().add_days(start, int(amount))
        except (ValueError, OverflowError) as error:
            raise ValidationError(
                self.env._(
                    "No time limit can be worked out from %(amount)s %(unit)s in “%(calendar)s”.",
                    amount=amount,
                    unit=unit,
                    calendar=self.display_name,
                )
            ) from error
        raise ValidationError(self.env._("“%(unit)s” is no unit of a time limit.", unit=unit))

    def _water_last_day(self, day, amount, unit):
        zone = ZoneInfo(self.tz or "UTC")
        begun = wall_moment(datetime.combine(day, time()), zone)
        due, _provisional = self._water_due_at(begun, amount, unit)
        return wall_time(due, zone).date()

    def _water_wall_move(self, moment, span):
        zone = ZoneInfo(self.tz or "UTC")
        return wall_moment(wall_time(moment, zone) + span, zone)

    def _water_wall_span(self, start, end):
        zone = ZoneInfo(self.tz or "UTC")
        return wall_time(end, zone) - wall_time(start, zone)

    def _water_next_opening(self, moment):
        try:
            return self._water_work_time().next_opening(moment)
        except ValueError:
            return moment

    def _water_day_before(self, moment):
        try:
            return self._water_work_time().day_before(moment)
        except ValueError:
            return moment - DAY

    def _water_is_unknown(self, moment):
        """Return whether the days off around ``moment`` (naive UTC) are unknown yet."""
        try:
            return self._water_work_time().is_unknown(moment)
        except ValueError:
            return False

    def _water_hours_before(self, moment, hours):
        try:
            return self._water_work_time().hours_before(moment, hours)
        except ValueError:
            return moment - timedelta(hours=hours)

    def _water_days_off(self, start, end):
        """Names of the announced days off between two naive UTC instants, for the reader."""
        try:
            hours = self._water_work_time()
        except ValueError:  # a calendar without hours has no days off either
            return []
        days = self._water_named_days_off()
        first = bisect_right(days, hours.local_date(start), key=itemgetter(0))
        last = bisect_right(days, hours.local_date(end), key=itemgetter(0))
        tongue = "chinese" if (self.env.lang or "").startswith("zh") else "other"
        names = ((IN_BOTH.fullmatch(name), name) for __, name in days[first:last])
        return list(dict.fromkeys(both[tongue] if both else name for both, name in names))

    @tools.ormcache("self.id")
    def _water_named_days_off(self):
        names = {day.date: day.name for day in self._water_special_days()}
        return sorted((day, names[day]) for day in self._water_work_time().off if day in names)

    def _water_part(self, start, amount, unit, percent):
        """Return when ``percent`` of a limit has passed, counted in its own unit, in whole seconds.

        80 % of five working days is the close of business of the fourth. Arguments as for
        :meth:`_water_due_at`, moments in naive UTC.
        """
        part = amount * percent / 100
        if unit == "working_day":
            moment = self._water_work_time().part_of_days(start, part)
        else:
            moment = self._water_due_at(start, part, unit)[0]
        return moment.replace(microsecond=0)
