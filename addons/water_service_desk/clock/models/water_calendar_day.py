from datetime import date, timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...base import windows
from ...base.roles import MANAGER

try:
    import chinese_calendar
except ImportError:  # not installed: the button then names the missing package
    chinese_calendar = None

#: days further away are typing errors: holidays are not announced that early
MAX_YEARS_AWAY = 30
#: From this month on the coming year's holidays are missed (they are announced in November).
REMINDER_MONTH = 12


class WaterCalendarDay(models.Model):
    """A dated exception to the working week: a day off, or a make-up working day (调休)."""

    _name = "water.calendar.day"
    _inherit = ["water.cached.mixin", "water.mixin"]
    _description = "Special Day"
    _order = "date desc"

    name = fields.Char(required=True)
    date = fields.Date(required=True, index=True)
    kind = fields.Selection(
        [("off", "Day off"), ("work", "Make-up working day")], required=True, default="off"
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working Hours",
        index=True,
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company._water_calendar(),
        help="The calendar in which the day holds. Left empty in a file: the office hours.",
    )
    official = fields.Boolean(
        string="Announced Holiday",
        default=True,
        help="Part of the holidays announced for its year: that year then counts as known. Untick"
        " it for the company's own days, which leave limits of that year provisional.",
    )
    _date_uniq = models.UniqueIndex(
        "(date, calendar_id)",
        "This date is a special day of the calendar already: change that one, or leave it out.",
    )

    @api.constrains("date")
    def _check_date(self):
        this_year = self.env.company._water_today().year
        first, last = this_year - MAX_YEARS_AWAY, this_year + MAX_YEARS_AWAY
        for day in self:
            if not first <= day.date.year <= last:
                raise ValidationError(
                    self.env._(
                        "%(date)s is no likely special day: check the year, which must lie between"
                        " %(first)s and %(last)s.",
                        date=day.date,
                        first=first,
                        last=last,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # an import brings an empty column for what its file leaves open
        office = self.env.company._water_calendar().id
        days = super().create(
            [{**vals, "calendar_id": vals.get("calendar_id") or office} for vals in vals_list]
        )
        days.calendar_id._water_follow(days.mapped("date"))
        return days

    def write(self, vals):
        dates, calendars = self.mapped("date"), self.calendar_id
        result = super().write(vals)
        if vals.keys() - {"name"}:
            (calendars | self.calendar_id)._water_follow(dates + self.mapped("date"))
        return result

    def unlink(self):
        dates, calendars = self.mapped("date"), self.calendar_id
        result = super().unlink()
        calendars._water_follow(dates)
        return result

    @api.model
    def load(self, fields, data):
        """Import rows; of each faulty row the fault itself is told, not what follows from it.

        No guard: the rights to create and write are asked for as ever.
        """
        result = super().load(fields, data)
        told, messages = set(), []
        for message in result["messages"]:
            row = message.get("rows", {}).get("from")
            if row is None or row not in told:
                messages.append(message)
            told.add(row)
        return {**result, "messages": messages}

    @api.model
    def get_import_templates(self):
        """Files to fill in for the import of another region's days, the reader's language first.

        No guard: names of files that every member of staff may download.
        """
        files = {
            "en_US": (self.env._("Special days, in English"), "special_days_en"),
            "zh_CN": (self.env._("Special days, in Chinese"), "special_days_zh"),
        }
        own = "zh_CN" if (self.env.lang or "").startswith("zh") else "en_US"
        ordered = [files.pop(own), *files.values()]
        return [
            {
                "label": f"{label} ({kind.upper()})",
                "template": f"/water_service_desk/static/import/{name}.{kind}",
            }
            for label, name in ordered
            for kind in ("xlsx", "csv")
        ]

    @api.model
    def _load_china(self, years=None, calendars=None):
        """Load the State Council's holidays and make-up days; days that are there stay.

        :param years: by default last year and all later known ones
        :param calendars: by default those of companies in China
        :raises UserError: when the holiday package is not installed, or lacks a year
        """
        known = self._known_china_years()
        unknown = set(years or ()) - known
        if unknown:
            raise UserError(self._missing_years_text(unknown))
        if calendars is None:
            calendars = self.env["resource.calendar"]._water_in_china()
        wanted = set(years or self._recent_china_years())
        have = {(day.calendar_id, day.date) for day in self.search([])}
        created = self.create(
            [
                {**vals, "calendar_id": calendar.id}
                for calendar in calendars
                for year in sorted(wanted)
                for vals in self._china_year(year)
                if (calendar, vals["date"]) not in have
            ]
        )
        calendars._water_remember_years(wanted)
        return created

    @api.model
    def _recent_china_years(self):
        known = self._known_china_years()
        first = min(self.env.company._water_today().year - 1, max(known))
        return {year for year in known if year >= first}

    @api.model
    def _load_new_china(self, calendars):
        """Load years that a calendar never had; deleted ones do not return."""
        created = self.browse()
        if not (calendars and chinese_calendar):
            return created
        recent = self._recent_china_years()
        for calendar in calendars:
            years = recent - calendar._water_remembered_years()
            if years:
                created += self._load_china(years, calendar)
        return created

    @api.model
    def _known_china_years(self):
        if chinese_calendar is None:
            raise UserError(
                self.env._("Install the Python package “chinesecalendar” to load holidays.")
            )
        return {day.year for day in chinese_calendar.holidays}

    @api.model
    def _missing_years(self):
        """Return this year and the next, if any company's office hours lack them."""
        this_year = self.env.company._water_today().year
        missing = set()
        # sudo: res.company - who keeps the calendar may not see every company
        for calendar in {company._water_calendar() for company in self.env.companies.sudo()}:
            missing |= {this_year, this_year + 1} - calendar._water_loaded_years()
        return missing

    @api.model
    def _missing_years_text(self, years):
        return self.env._(
            "The holidays of %(years)s are not known yet: time limits that reach them stay"
            " provisional. Update the Python package “chinesecalendar” once they are announced,"
            " or import the days from a file.",
            years=", ".join(str(year) for year in sorted(years)),
        )

    @api.model
    def _cron_load_holidays(self):
        created = self._load_new_china(self.env["resource.calendar"]._water_in_china())
        companies = self.env["res.company"].search([("water_calendar_id", "!=", False)])
        missing = self.with_context(allowed_company_ids=companies.ids)._missing_years()
        today = self.env.company._water_today()
        if not created and (today.year in missing or (missing and today.month >= REMINDER_MONTH)):
            self._tell_managers(missing)

    @api.model
    def _tell_managers(self, years):
        def compose(env):
            text = self.with_env(env)._missing_years_text(years)
            return env._("Holidays are missing"), Markup("<p>%s</p>") % text

        # sudo: res.groups - the scheduler may have the managers told
        group = self.env.ref(MANAGER).sudo()
        self.env["water.staff.message"]._tell_weekly("holidays", group.all_user_ids, compose)

    @api.model
    def _china_year(self, year):
        day, end = date(year, 1, 1), date(year, 12, 31)
        while day <= end:
            is_weekend = day.weekday() >= 5
            if chinese_calendar.is_workday(day) == is_weekend:
                kind = "work" if is_weekend else "off"
                yield {"date": day, "kind": kind, "name": self._china_day_name(day, kind)}
            day += timedelta(days=1)

    @api.model
    def _china_day_name(self, day, kind):
        known = chinese_calendar.holidays if kind == "off" else chinese_calendar.workdays
        english = known.get(day)
        chinese = {item.value: item.chinese for item in chinese_calendar.Holiday}.get(english)
        return f"{chinese} {english}" if chinese else english or day.isoformat()

    def action_load_china(self):
        """Button: load every year the installed holiday package knows (needs create access).

        On the page of a calendar it loads them there as well, wherever its company is.
        """
        self.check_access("create")
        calendars = self.env["resource.calendar"]._water_in_china()
        if self.env.context.get("active_model") == calendars._name:
            calendars |= calendars.search([("id", "in", self.env.context.get("active_ids") or [])])
        created, missing = self._load_china(calendars=calendars), self._missing_years()
        lines = [self.env._("%(count)s special days loaded.", count=len(created))]
        if missing:
            lines.append(self._missing_years_text(missing))
        kind = "warning" if missing else "success"
        return windows.message("\n".join(lines), kind, then=windows.RELOAD)
