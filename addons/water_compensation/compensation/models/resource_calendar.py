from odoo import api, models


class ResourceCalendar(models.Model):
    """Days to pay follow the calendar as limits do."""

    _inherit = "resource.calendar"

    @api.model
    def _water_follow_days(self, first, last):
        super()._water_follow_days(first, last)
        self.env["water.compensation"]._follow_calendar(first, last)
