from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

try:
    import chinese_calendar
except ImportError:  # the button then says what is missing
    chinese_calendar = None


class WaterCalendarDay(models.Model):
    """A dated exception to the working week: a day off, or a make-up working day (调休)."""

    _name = "water.calendar.day"
    _inherit = "water.cached.mixin"
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
        ondelete="cascade",
        help="Empty: the day holds for every calendar.",
    )
    _date_uniq = models.UniqueIndex(
        "(date, COALESCE(calendar_id, 0))", "This day is already a special day of the calendar."
    )

    @api.model
    def _load_china(self, years=None):
        """Load the State Council's holidays and make-up working days.

        :param years: iterable of years; by default last year and all later known ones
        :return: the created days (days already there are left alone)
        :raises UserError: when the holiday package is not installed
        """
        if chinese_calendar is None:
            raise UserError(
                self.env._("Install the Python package “chinesecalendar” to load holidays.")
            )
        years = list(years or self._known_china_years())
        have = set(self.search([("calendar_id", "=", False)]).mapped("date"))
        created = self.create(
            [vals for year in years for vals in self._china_year(year) if vals["date"] not in have]
        )
        self.env["water.deadline"]._recompute_provisional()
        return created

    @api.model
    def _known_china_years(self):
        this_year = fields.Date.today().year
        last_known = max(day.year for day in chinese_calendar.holidays)
        return range(min(this_year - 1, last_known), last_known + 1)

    @api.model
    def _china_year(self, year):
        """Values for one year: weekdays off and weekend days worked."""
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
        """Button: load every year the installed holiday package knows (needs create access)."""
        self.check_access("create")
        created = self._load_china()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(count)s special days loaded.", count=len(created)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
