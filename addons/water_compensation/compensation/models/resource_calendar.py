from odoo import models


class ResourceCalendar(models.Model):
    """Days to pay follow the calendar as limits do."""

    _inherit = "resource.calendar"

    def _water_follow(self, dates):
        super()._water_follow(dates)
        if dates:
            self.env["water.compensation"]._follow_calendar(min(dates), max(dates))
