from odoo import api, fields, models
from odoo.fields import Domain

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
        due = self.calendar_id._water_day_before(limit)
        due = due if due > max(fields.Datetime.now(), received) else self.planned_due_at
        self._follow_order(due, self.calendar_id._water_is_unknown(limit))

    def _follow_order(self, due, provisional):
        if (due, provisional) != (self.planned_due_at, self.provisional):
            reason = self.env._("The working time of the calendar has changed.")
            self._work_out(reason, (due, provisional))
            self._settle()

    def _body_limit(self):
        """Return the limit of a body for what this clock measures, or False."""
        # sudo: case - the limit of its order alone
        return self.kind not in BEYOND and self._case().sudo()._body_limit()
