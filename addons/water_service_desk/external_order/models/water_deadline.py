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
        near = Domain("due_at", "<=", last + DAY) & Domain("due_at", ">=", first - BACK * DAY)
        domain = Domain("kind", "=", "external") & Domain("met_at", "=", False)
        domain &= Domain("state", "in", ("running", "paused"))
        # sudo: water.deadline - whoever keeps the calendar need not see the cases
        clocks = self.sudo().search(domain & (near | Domain("provisional", "=", True)))
        for case in {clock._case() for clock in clocks}:
            case._follow_order_days()
        for model in self.env["water.order.import"]._case_models():
            self.env[model]._follow_return_limits(first - BACK * DAY, last + DAY)
        return moved

    def _count_order_again(self):
        """As the days are now; what is too near for a working day before it stays."""
        for clock in self:
            case, now = clock._case(), fields.Datetime.now()
            due = case.company_id._water_calendar()._water_day_before(case.external_due_at)
            due = due if due > max(now, case.received_at) else clock.planned_due_at
            limit = due, case._is_order_provisional()
            if limit != (clock.planned_due_at, clock.provisional):
                self._replan(
                    {clock: limit}, self.env._("The working time of the calendar has changed.")
                )
                clock._settle()

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
