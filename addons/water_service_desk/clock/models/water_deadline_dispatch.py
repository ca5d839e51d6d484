from odoo import api, fields, models

#: By these a customer is promised the result; departments have no longer than that.
RESULT_KINDS = ("close", "external", "promise")


class WaterDeadline(models.Model):
    """Clocks of dispatching and of what departments were asked to do (S3.2.2a 及时分派)."""

    _inherit = "water.deadline"

    dispatch_id = fields.Many2one(
        "water.dispatch",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The dispatch whose work it limits.",
    )

    @api.model
    def _copied_values(self, case, vals):
        values = super()._copied_values(case, vals)
        if vals.get("dispatch_id"):
            dispatch = self.env["water.dispatch"].sudo().browse(vals["dispatch_id"])
            values["department_id"] = dispatch.department_id.id
        return values

    @api.depends("dispatch_id")
    def _compute_department(self):
        """The clock of a dispatch is its department's, wherever the case goes."""
        super()._compute_department()
        for clock in self.filtered("dispatch_id"):
            clock.department_id = clock.dispatch_id.department_id

    @api.depends("dispatch_id.accepted_by_id")
    def _compute_owner(self):
        super()._compute_owner()
        for clock in self.filtered("dispatch_id"):
            clock.user_id = clock.dispatch_id.accepted_by_id

    @api.model
    def _start(self, rows):
        clocks = super()._start(rows)
        clocks._bind_departments()
        return clocks

    @api.model
    def _replan(self, limits, reason, is_final=False):
        super()._replan(limits, reason, is_final)
        self.browse().union(*limits)._bind_departments()

    def _bind_departments(self):
        """What has been sent is to be done by what the customer is promised now."""
        clocks = self.sudo().filtered(lambda row: row.kind in RESULT_KINDS and not row.met_at)
        for case in {clock._case() for clock in clocks}:
            case.dispatch_ids._keep_promise()

    def _bind_after_pause(self):
        """What waited has no longer either, once it is known until when the customer waits."""
        for case in {clock._case() for clock in self.sudo()}:
            results = case._open_clocks().filtered(lambda row: row.kind in RESULT_KINDS)
            if "paused" not in results.mapped("state"):
                case.dispatch_ids._keep_promise()

    def _recipients(self, step, case):
        """Whoever accepted the work hears of its limit before his head does."""
        dispatch = self.sudo().dispatch_id
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
        """Nobody is to do it any more: void, or ended late for good."""
        self._void()
        late = self.filtered(lambda clock: clock.state == "breached" and not clock.met_at)
        late._meet(fields.Datetime.now())
