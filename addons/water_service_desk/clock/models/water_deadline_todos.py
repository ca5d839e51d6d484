from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.fields import Domain

from ...base.trust import trusted
from ..working_time import wall_time


class WaterDeadline(models.Model):
    """To-dos about limits: one for each person, on the day of the limit, as long as it runs."""

    _inherit = "water.deadline"

    def _todos(self):
        """{clock: open to-dos about it}, whoever has them."""
        if not self:
            return {}
        # sudo: mail.activity - the sweep looks after those of everybody
        todos = self.env["mail.activity"].sudo()
        return todos.search([("water_deadline_id", "in", self.ids)]).grouped("water_deadline_id")

    def _todo_day(self, zone):
        """The day of the limit where the company works.

        :param zone: ZoneInfo of the company
        """
        return wall_time(self.due_at, zone).date()

    def _move_todos(self):
        """Their day is that of the limit, wherever that has moved."""
        for clock, todos in self.filtered("limit_moved_at")._todos().items():
            day = clock._todo_day(ZoneInfo(clock.company_id._water_tz()))
            todos.filtered(lambda todo, day=day: todo.date_deadline != day).date_deadline = day

    @api.model
    def _end_todos(self):
        """A limit that was met, does not apply any more or has ended with its case is nobody's."""
        over = Domain("is_pending", "=", False) & Domain("state", "!=", "paused")
        about = Domain("water_deadline_id", "!=", False) & Domain("water_deadline_id", "any", over)
        # sudo: mail.activity - whoever has them
        trusted(self.env["mail.activity"].sudo().search(about)).unlink()
