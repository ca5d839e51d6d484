from odoo import api, fields, models

#: The filter "Open" of the search view, in the words of the database.
IS_OPEN = (
    "state IN ('registered', 'dispatched', 'investigating', 'handling', 'notified', 'confirmed',"
    " 'callback')"
)


class WaterComplaint(models.Model):
    """Counters of a complaint's cards and buttons, and where its dispatches stand."""

    _inherit = "water.complaint"

    # The filter "Open" of board and list: few among all, in order and counted from the index,
    # which holds all that the record rules ask.
    _open_list_idx = models.Index(f"(urgency DESC, next_due_at, id DESC) WHERE {IS_OPEN}")
    _open_board_idx = models.Index(
        "(stage_id, urgency DESC, next_due_at, id DESC)"
        " INCLUDE (deadline_state, company_id, sent_to, is_restricted, first_responsible_id,"
        " user_id, person_complained_id, is_confidential, department_complained_id)"
        f" WHERE {IS_OPEN}"
    )
    # one's own of the first page, what is due first first
    _open_due_idx = models.Index(
        "(next_due_at, id) INCLUDE (user_id, first_responsible_id, company_id, is_restricted,"
        f" person_complained_id) WHERE {IS_OPEN}"
    )

    my_dispatch_id = fields.Many2one("water.dispatch", compute="_compute_my_dispatch")
    my_dispatch_state = fields.Char(compute="_compute_my_dispatch")
    can_accept_dispatch = fields.Boolean(
        compute="_compute_my_dispatch", export_string_translation=False
    )
    my_dispatch_arrived = fields.Boolean(
        compute="_compute_my_dispatch", export_string_translation=False
    )
    dispatch_state = fields.Selection(
        selection=lambda self: (
            self.env["water.dispatch"]._fields["state"]._description_selection(self.env)
        ),
        compute="_compute_dispatch_state",
        store=True,
        copy=False,
        string="Lead Dispatch",
    )

    @api.depends("dispatch_ids.state")
    @api.depends_context("uid")
    def _compute_my_dispatch(self):
        departments = self.env.user.water_department_ids
        for case in self:
            mine = case.dispatch_ids.filtered(
                lambda row: row.department_id in departments and row.state in ("sent", "accepted")
            )
            mine = mine.sorted(lambda row: row.role)  # lead before support
            case.my_dispatch_id = mine[:1]
            case.my_dispatch_state = mine[:1].state
            case.can_accept_dispatch = mine[:1].can_accept
            case.my_dispatch_arrived = mine[:1].has_arrived

    @api.depends("dispatch_ids.state", "dispatch_ids.role")
    def _compute_dispatch_state(self):
        for case in self:
            leads = case.dispatch_ids.filtered(lambda row: row.role == "lead")
            case.dispatch_state = leads.sorted("id")[-1:].state

    @api.model
    def _child_link(self, model):
        """What only complaints have points at them by one name."""
        children = self.env[model]
        if hasattr(children, "_case_field"):
            return super()._child_link(model)
        return children._fields.get("complaint_id") or children._fields["complaint_ids"]
