from odoo import api, fields, models
from odoo.tools import format_datetime

from .resource_calendar import CHINA
from .water_calendar_day import REMINDER_MONTH

#: The limit that is tried, in working days.
TRIED_DAYS = 3


class WaterSetup(models.AbstractModel):
    """Office hours by which clocks run, and people who hear of late cases."""

    _inherit = "water.setup"

    @api.model
    def _steps(self):
        company = self.env.company
        return [
            *super()._steps(),
            self._step(
                "calendar",
                40,
                self.env._("Office Hours and Holidays"),
                self._missing_calendar(company),
                "resource.action_resource_calendar_form",
                why=self.env._("Time limits are counted by them."),
            ),
            self._step(
                "ladder",
                50,
                self.env._("Late Case Notifications"),
                self._missing_ladder(company),
                "water_service_desk.action_first_run",
                why=self.env._("The escalation ladder, where no department has the case."),
            ),
        ]

    def _missing_calendar(self, company):
        if not company.water_calendar_id:
            return [self.env._("No office hours are chosen in the settings")]
        if company.country_code != CHINA:
            return []
        known, today = company.water_calendar_id._water_loaded_years(), company._water_today()
        years = [today.year, *([today.year + 1] if today.month >= REMINDER_MONTH else [])]
        return [self.env._("No holidays of %s", year) for year in years if year not in known]

    def _missing_ladder(self, company):
        steps = self.env["water.escalation.step"]._empty_rungs(company)
        return [
            self.env._("No one is named, so managers are notified: %s", step.name) for step in steps
        ]

    @api.model
    def _try_calendar(self):
        """Count a limit from now, as a case received now would have it."""
        company = self.env.company
        calendar = company._water_calendar()
        calendar._check_has_hours()
        now = fields.Datetime.now()
        due, _provisional = calendar._water_due_at(now, TRIED_DAYS, "working_day")
        return self.env._(
            "A limit of %(days)s working days that begins now ends at %(due)s.",
            days=TRIED_DAYS,
            due=format_datetime(self.env, due, tz=company._water_tz(), dt_format="short"),
        )
