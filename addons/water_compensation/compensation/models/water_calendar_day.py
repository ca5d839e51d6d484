from odoo import api, models


class WaterCalendarDay(models.Model):
    """Days to pay follow the calendar as limits do."""

    _inherit = "water.calendar.day"

    @api.model
    def _changed(self, dates):
        moved = super()._changed(dates)
        if dates:
            self.env["water.compensation"]._follow_calendar(min(dates), max(dates))
        return moved
