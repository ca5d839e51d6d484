from odoo import api, fields, models
from odoo.exceptions import UserError

from ...assignment.models.water_case_assignment import WORKED_STATES
from ...base.trust import trusted
from .water_deadline_dispatch import RESULT_KINDS


class WaterDispatch(models.Model):
    """Until when a department has time: a clock of its own, capped by the customer's promise."""

    _inherit = "water.dispatch"

    due_at = fields.Datetime(
        string="To Be Done by",
        compute="_compute_due_at",
        store=True,
        help="Until when the department has time for its work.",
    )
    urgency = fields.Integer(
        compute="_compute_urgency", store=True, export_string_translation=False
    )
    deadline_ids = fields.One2many("water.deadline", "dispatch_id", string="Time Limits")
    time_left = fields.Char(compute="_compute_time_left")
    is_late = fields.Boolean(compute="_compute_time_left", export_string_translation=False)

    _board_idx = models.Index("(department_id, urgency DESC, due_at, id DESC)")
    _open_idx = models.Index("(department_id, state, due_at) WHERE state IN ('sent', 'accepted')")

    @api.depends("deadline_ids.due_at")
    def _compute_due_at(self):
        for dispatch in self:
            dispatch.due_at = dispatch.deadline_ids.sorted("id")[-1:].due_at

    @api.depends(lambda self: self._case_paths("urgency"))
    def _compute_urgency(self):
        for dispatch in self:
            case = dispatch._case_or_none()
            dispatch.urgency = case.urgency if case is not None else 0

    @api.depends("deadline_ids.state", "deadline_ids.due_at")
    @api.depends_context("lang")
    def _compute_time_left(self):
        # sudo: water.deadline - of a dispatch that may be read; a board's are read together
        dispatches = self.sudo()
        clocks = dispatches.deadline_ids
        for dispatch in dispatches:
            clock = dispatch.deadline_ids.sorted("id")[-1:].with_prefetch(clocks.ids)
            dispatch.time_left = clock.time_left
            dispatch.is_late = clock.is_late

    def _start_work_clocks(self, due=None):
        """Start the clocks of fresh dispatches, by the standard or until ``due`` (naive UTC)."""
        rows = [row._work_clock(due) for row in self.sudo()]
        self.env["water.deadline"]._start([values for values in rows if values])
        self._keep_promise()

    def _work_clock(self, due):
        case = self._case()
        limit = case._promised_ahead()
        if due:
            return {**case._given_clock("work", due, False), "dispatch_id": self.id}
        office = case.company_id._water_calendar()
        lines = (row for row in case._standard_lines(office) if row.start_on == "dispatched")
        line = next((row for row in lines if row.kind == "work"), None)
        if line:
            values = case._clock_values(line, self.sent_at, office)
            return {**values, "dispatch_id": self.id}  # less, where the customer is promised less
        by_promise = {"by_promise": True, "dispatch_id": self.id}
        return limit and {**case._given_clock("work", limit, False), **by_promise}

    def _check_due(self, due, cases):
        """:raises UserError: for a past date, or one later than a customer was promised"""
        if due <= fields.Datetime.now():
            raise UserError(
                self.env._("Give the department time: choose a moment that lies ahead.")
            )
        for case in cases:
            latest = case._promised_ahead()
            if latest and due > latest:
                raise UserError(
                    self.env._(
                        "%(case)s: the customer was promised the result earlier. Give the"
                        " department time until then at most.",
                        case=case.name,
                    )
                )

    def _keep_promise(self):
        for dispatch in self.filtered(lambda row: row.state in WORKED_STATES):
            case = dispatch._case()
            results = case._open_clocks().filtered(lambda row: row.kind in RESULT_KINDS)
            latest = "paused" not in results.mapped("state") and case._promised_ahead()
            for clock in dispatch._running_clocks() if latest else ():
                clock._cap_at(latest)

    def _ask_by(self, due):
        """Move the limit of work that has been sent to ``due`` (naive UTC), on record."""
        clocks = self._running_clocks()
        asked = {"capped_at": False, "by_promise": False, "standard_line_id": False}
        trusted(clocks).write(asked)
        clocks._fix_at(due, self.env._("Specified by the dispatcher."))

    def _running_clocks(self):
        return self.sudo().deadline_ids.filtered(lambda clock: clock.state == "running")
