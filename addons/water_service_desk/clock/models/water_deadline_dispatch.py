from odoo import fields, models

from ...base.moments import is_late
from ...base.trust import trusted
from .water_standard_line import WORKING_UNITS

#: kinds that promise the customer the result; departments have no longer
RESULT_KINDS = ("close", "external", "promise")


class WaterDeadline(models.Model):
    """Clocks of dispatching and of what departments were asked to do (S3.2.2a 及时分派)."""

    _inherit = "water.deadline"

    _work_links = ("dispatch_id",)

    dispatch_id = fields.Many2one(
        "water.dispatch",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The dispatch whose work it limits.",
    )

    after_return = fields.Boolean(
        readonly=True,
        help="Of finding another department when one has returned the work: a rate of first"
        " dispatches leaves it out.",
    )
    by_promise = fields.Boolean(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        export_string_translation=False,
        help="The work was given no time of its own: it has as long as the customer is promised.",
    )
    capped_at = fields.Datetime(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        export_string_translation=False,
        help="The date promised to the customer, which the department's limit does not pass.",
    )

    def _cap_at(self, latest):
        earlier = self.env._("The customer was promised the result earlier.")
        later = self.env._("The customer is promised the result later.")
        if self.by_promise:
            if self.due_at != latest:
                self._fix_at(latest, earlier if latest < self.due_at else later)
        elif self.capped_at != latest:
            trusted(self).capped_at = latest
            self._work_out(lambda clock, due, _unknown: earlier if due < clock.due_at else later)

    def _bind_departments(self):
        """Cap the limits of open dispatches at the date that the customer is promised now."""
        kinds = (*RESULT_KINDS, "work")
        rows = self.filtered(lambda row: row.kind in kinds and not row.met_at)
        for case in {row._case() for row in rows}:
            case.dispatch_ids._keep_promise()

    def _extend_department(self, pause):
        """Extend the limit of the department that asked for more time for the customer.

        Otherwise an approved request would leave the department late. An extension that others
        asked for gives it no more time.
        """
        if self.kind not in RESULT_KINDS:
            return
        case = self._case()
        asking = case._speaks_for(pause.requested_by_id)
        works = case._open_dispatches().filtered(lambda row: row.department_id in asking)
        now = fields.Datetime.now()
        # a paused one gets it when it continues
        clocks = works.deadline_ids.filtered(lambda row: row.state in ("running", "paused"))
        for clock in clocks if asking else ():
            if not (clock.by_promise or is_late(clock._limit_now()[0], now)):
                pause.create(pause._alike_values(clock))._begin()

    def _may_move(self):
        """Tell whether the limit may still move: provisional, or bound to a promise that may."""
        if self.provisional and self.unit in WORKING_UNITS:
            return True
        promised = self._case().deadline_ids if self.dispatch_id else self.browse()
        return any(
            clock.kind in RESULT_KINDS and clock.due_at == self.due_at and clock._may_move()
            for clock in promised - self
        )

    def _recipients(self, step, case):
        """Notify the user who accepted the work before the head of the department."""
        dispatch = self.dispatch_id
        if not dispatch or step.recipient not in (
            "handler",
            "first_responsible",
            "department_head",
        ):
            return super()._recipients(step, case)
        head = dispatch.department_id.manager_id
        if step.recipient == "department_head":
            return head.filtered("active") or super()._recipients(step, case)
        if step.recipient == "handler":
            return (dispatch.accepted_by_id or head).filtered("active")
        return super()._recipients(step, case)

    def _end_work(self):
        """End the clock, because the work is given up: void, or late for good."""
        self._void()
        late = self.filtered(lambda clock: clock.state == "breached" and not clock.met_at)
        late._meet(fields.Datetime.now())
