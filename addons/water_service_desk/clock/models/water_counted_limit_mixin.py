from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...base.moments import is_late
from ...base.trust import trusted
from ..working_time import DAY


class WaterCountedLimitMixin(models.AbstractModel):
    """A limit in working days without a clock: it follows the days of its promise.

    The company may later choose other hours or more days; dates given by hand stay.
    """

    _name = "water.counted.limit.mixin"
    _description = "Counted in Working Days"

    #: name of the field that holds the limit
    _counted_limit = None
    #: what still waits for its limit, as a domain
    _counted_open = ()

    counted_from = fields.Datetime(readonly=True, copy=False, export_string_translation=False)
    # 0 if the limit was given by hand
    counted_days = fields.Integer(readonly=True, copy=False, export_string_translation=False)
    counted_calendar_id = fields.Many2one(
        "resource.calendar", readonly=True, copy=False, export_string_translation=False
    )
    # whether it reaches a year whose holidays are not known
    counted_provisional = fields.Boolean(readonly=True, copy=False, export_string_translation=False)

    def _keep_count(self, start, days, calendar):
        """Remember the rule (start in naive UTC, working days) if it gives the limit."""
        due, provisional = self._counted(start, days, calendar)
        own = due == self[self._counted_limit]
        values = {"counted_from": own and start, "counted_days": own and days}
        values |= {"counted_calendar_id": own and calendar.id}
        trusted(self.sudo()).write({**values, "counted_provisional": own and provisional})

    @api.model
    def _counted(self, start, days, calendar):
        """Return ``(limit, provisional)`` by these days; empty if the calendar has lost its
        hours.
        """
        try:
            return calendar._water_due_at(start, days, "working_day")
        except ValidationError:
            return None, False

    @api.model
    def _counted_models(self):
        heirs = self.pool.descendants(["water.counted.limit.mixin"], "_inherit")
        return [name for name in sorted(heirs) if not self.pool[name]._abstract]

    @api.model
    def _follow_days(self, first, last):
        """Count the open limits again that a change of days from ``first`` to ``last`` concerns.

        A limit that is over, or would be, stays: it was promised for certain.
        """
        over = Domain("counted_from", "<=", last + DAY)
        over &= Domain(self._counted_limit, ">=", first - DAY)
        domain = Domain(self._counted_open) & (Domain("counted_provisional", "=", True) | over)
        domain &= Domain("counted_days", ">", 0) & Domain("counted_calendar_id", "!=", False)
        now = fields.Datetime.now()
        announced = self.env._("Holidays have been announced.")
        changed = self.env._("The working time of the calendar has changed.")
        # sudo: who keeps the calendar may not see the waiting rows
        for row in trusted(self.sudo().search(domain)):
            old, waited = row[self._counted_limit], row.counted_provisional
            facts = row.counted_from, row.counted_days, row.counted_calendar_id
            due, unknown = self._counted(*facts)
            if due is None or (due, unknown) == (old, waited):
                continue
            if not (is_late(due, now) or (is_late(old, now) and not waited)):
                row._move_counted(due, unknown, announced if waited else changed)

    def _move_counted(self, due, provisional, reason):
        self.write({self._counted_limit: due, "counted_provisional": provisional})
