from odoo import fields, models
from odoo.exceptions import ValidationError

#: Part of the time after which a limit is warned of that no standard gives.
WARN_PERCENT = 80


class WaterDeadline(models.Model):
    """When a limit is warned of (S2.3.1d); one that has moved away since is warned of once more.

    Whoever was reminded of a limit that was put off then knows nothing of the one that holds.
    """

    _inherit = "water.deadline"

    limit_moved_at = fields.Datetime(
        readonly=True, copy=False, groups=fields.NO_ACCESS, export_string_translation=False
    )

    def _warned_anew(self, due, now):
        """Values of the warning of a limit that moves.

        :param due: the new limit, like ``now`` in naive UTC
        """
        warn = self._warn_moment(due)
        values = {"warn_at": warn, "limit_moved_at": now}
        return {**values, "warned_at": False} if warn and warn > now else values

    def _warn_moment(self, due):
        """When to warn of a limit that ends at ``due`` (naive UTC); never of what has no warning.

        By the rule of now, moved along with what has moved the limit beyond it; of a date that
        somebody has named as much later, or when as much of a shorter time has passed.
        """
        if not self.warn_at:
            return False
        percent = self.standard_line_id.warn_percent or WARN_PERCENT
        if self.amount:
            try:
                part = self.calendar_id._water_part(
                    self.started_at, self.amount, self.unit, percent
                )
            except (ValueError, ValidationError):  # the calendar has lost its hours since
                part = self.started_at + (self.planned_due_at - self.started_at) * percent / 100
            return min(part + (due - self.planned_due_at), due).replace(microsecond=0)
        if due >= self.due_at:
            return self.warn_at + (due - self.due_at)
        return (self.started_at + (due - self.started_at) * percent / 100).replace(microsecond=0)

    def _knows_of(self, told_at, moment):
        """Whether whoever was told of a step at ``told_at`` knows of the limit as it is now.

        Not of a part of the time that lay ahead again when the limit moved.

        :param told_at: naive UTC, or nothing where he was not told
        :param moment: naive UTC moment of the step
        """
        # sudo: water.deadline - when it moved last
        moved = self.sudo().limit_moved_at
        return bool(told_at) and not (moved and told_at <= moved < moment)
