from odoo import api, models


class ResourceCalendarAttendance(models.Model):
    """Clocks run by these hours: those that run already follow a change, as with special days."""

    _name = "resource.calendar.attendance"
    _inherit = ["resource.calendar.attendance", "water.cached.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        numbers = {vals.get("calendar_id") for vals in vals_list} - {None, False}
        with self.env["resource.calendar"].browse(numbers)._water_hours_change():
            return super().create(vals_list)

    def write(self, vals):
        with (self.calendar_id | self._calendar_in(vals))._water_hours_change():
            return super().write(vals)

    def unlink(self):
        with self.calendar_id._water_hours_change():
            return super().unlink()

    @api.model
    def _calendar_in(self, vals):
        return self.env["resource.calendar"].browse(vals.get("calendar_id") or ())
