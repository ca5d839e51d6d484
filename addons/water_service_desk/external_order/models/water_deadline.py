from odoo import api, fields, models
from odoo.fields import Domain

from ...clock.working_time import DAY

#: So many days may lie between our limit and that of a body, over the longest holidays.
BACK = 14
#: Clocks that run when the order has been answered, or beside it.
BEYOND = ("callback", "appeal", "payment")


class WaterDeadline(models.Model):
    """Our pauses and extensions end before the limit of the body that waits."""

    _inherit = "water.deadline"

    body_due_at = fields.Datetime(
        string="Limit of the Body",
        readonly=True,
        help="Until when the body itself waits; ours lies before it. Figures go by the body's.",
    )

    @api.model
    def _follow_calendar(self, first, last):
        """Our limits for answers to bodies are counted back from theirs, by the same days."""
        moved = super()._follow_calendar(first, last)
        near = Domain("started_at", "<=", last + DAY) & Domain("due_at", ">=", first - BACK * DAY)
        # sudo: water.deadline - whoever keeps the calendar need not see the cases
        open_ = self.sudo().search(self._open_back() & (near | Domain("provisional", "=", True)))
        open_._count_back_again()
        return moved

    @api.model
    def _follow_written(self, since):
        super()._follow_written(since)
        self.search(self._open_back() & Domain("write_date", ">=", since))._count_back_again()

    @api.model
    def _counted_back(self):
        """Which limits lie before that of a body, as a domain."""
        return Domain("kind", "=", "external")

    @api.model
    def _open_back(self):
        return (
            self._counted_back()
            & Domain("met_at", "=", False)
            & Domain("state", "in", ("running", "paused"))
        )

    def _count_back_again(self):
        for case in {clock._case() for clock in self}:
            case._follow_order_days()

    def _follow_body(self, limit, received):
        """As the days are now; what is too near for a working day before it stays.

        :param limit: that of the body, naive UTC
        :param received: when the matter came in from it, naive UTC
        """
        due = self.calendar_id._water_day_before(limit)
        due = due if due > max(fields.Datetime.now(), received) else self.planned_due_at
        self._follow_order(due, self.calendar_id._water_is_unknown(limit))

    def _follow_order(self, due, provisional):
        """Be due by ``due`` (naive UTC), which may be ``provisional``, as the days are now."""
        if (due, provisional) != (self.planned_due_at, self.provisional):
            reason = self.env._("The working time of the calendar has changed.")
            self._replan({self: (due, provisional)}, reason)
            self._settle()

    def _replay_pauses(self, due, provisional, unit=None, known=()):
        """Nor does a change of the calendar move what was granted beyond it."""
        moved, unknown = super()._replay_pauses(due, provisional, unit, known)
        limit = self._body_limit()
        if limit and moved > due:
            told = self.sudo().pause_ids._in_effect().mapped("new_due_at")
            moved = min(moved, max(due, limit, *filter(None, told)))
        return moved, unknown

    def _request_fault(self, kind, values):
        """Neither pause nor extension moves the clock beyond the limit of a body."""
        # sudo: case - asked for the limit and the state of the order alone
        case = self._case().sudo()
        limit = self._body_limit()
        if limit and self._due_moved(kind, values) > limit:
            return self.env._(
                "The body waits until %s, and our own limit does not pass it. When the body"
                " grants more time, a supervisor records its extension first, with the date"
                " and the number of its paper.",
                self._case()._local_time(limit),
            )
        if kind == "pause" and self.kind == "external" and case._body_waits():
            return self.env._(
                "The body waits for its answer meanwhile: that limit does not stand still."
                " Extend it, within the limit of the body, or record its extension."
            )
        return super()._request_fault(kind, values)

    def _body_limit(self):
        """Until when a body waits for what this clock runs for, or nothing."""
        # sudo: case - the limit of its order alone
        return self.kind not in BEYOND and self._case().sudo()._body_limit()
