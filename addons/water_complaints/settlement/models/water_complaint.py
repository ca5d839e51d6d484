from odoo import api, fields, models

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.trust import is_trusted
from odoo.addons.water_service_desk.case.transitions import Missing

from .water_resolution_action import IN_FORCE, TYPE


class WaterComplaint(models.Model):
    """Plan and negotiation of a complaint (S3.2.3a, S3.2.3b)."""

    _inherit = "water.complaint"
    _counters = {"negotiation_count": "water.negotiation"}
    _counted_lists = ("negotiation_ids",)

    _clock_events = {"planned": ("plan",)}
    _worker_fields = frozenset({"plan", "plan_action_ids"})
    _todos_while_open = (TYPE,)

    plan = fields.Text(copy=False, help="What will be done, by whom, until when.")
    resolution_ids = fields.One2many("water.resolution", "complaint_id", string="Plans", copy=False)
    plan_action_ids = fields.One2many(
        "water.resolution.action",
        "complaint_id",
        string="Actions in Force",
        domain=[("plan_state", "in", IN_FORCE)],
        copy=False,
    )
    negotiation_ids = fields.One2many("water.negotiation", "complaint_id", copy=False)
    negotiation_count = fields.Integer(string="Rounds of Negotiation", compute="_compute_counts")
    accepted_resolution_id = fields.Many2one(
        "water.resolution", string="Plan Accepted", compute="_compute_settlement"
    )
    settlement = fields.Text(compute="_compute_settlement")
    can_offer = fields.Boolean(compute="_compute_can_offer", export_string_translation=False)

    @api.depends("resolution_ids.state", "negotiation_ids.settlement")
    def _compute_settlement(self):
        for case in self:
            plan = case.resolution_ids.filtered(lambda row: row.state == "accepted")[:1]
            rounds = case.negotiation_ids.filtered(
                lambda row, plan=plan: row.answer == "accepted" and row.resolution_id == plan
            )
            case.accepted_resolution_id = plan
            case.settlement = rounds[:1].settlement

    @api.depends("resolution_ids.state", "state", "is_investigator")
    @api.depends_context("uid")
    def _compute_can_offer(self):
        """Offer an answer while a plan or settlement waits for the customer."""
        for case in self:
            proposed = case.resolution_ids.filtered(lambda row: row.state == "proposed")
            case.can_offer = bool(proposed) and case.is_investigator

    def action_plan(self):
        """Open a new version of the plan with the open actions of the latest one."""
        self.ensure_one()
        self._check_investigator()
        draft = self.resolution_ids.filtered(lambda row: row.state == "draft")[:1]
        if draft:
            return self._open_dialog(draft, self.env._("Plan"))
        if self.resolution_ids:
            return self.resolution_ids[:1].action_new_version()
        return self._open_dialog(
            self.env["water.resolution"],
            self.env._("Plan"),
            default_complaint_id=self.id,
            default_text=self.plan or False,
        )

    def action_negotiate(self):
        """Open the form of a new round, with the plan that is on the table."""
        self.ensure_one()
        self._check_investigator()
        offered = self.resolution_ids.filtered(lambda row: row.state == "proposed")[:1]
        return self._open_dialog(
            self.env["water.negotiation"],
            self.env._("Negotiation"),
            default_complaint_id=self.id,
            default_resolution_id=offered.id,
            default_offer=offered.text or False,
        )

    def action_open_negotiations(self):
        """Open the rounds of negotiation."""
        return self._open_children("water.negotiation", self.env._("Negotiation"), "complaint_id")

    def _open_dialog(self, record, title, **context):
        name = f"water_complaints.{record._name.replace('.', '_')}_view_form_dialog"
        view = self.env.ref(name)
        return windows.dialog(record._name, title, context, record_id=record.id, view_id=view.id)

    def _who_waits(self):
        """Add the customer who was promised the actions of the plan."""
        # sudo: water.resolution.action - promises bind every reader
        rows = self.sudo().plan_action_ids.filtered(lambda row: row._is_waiting())
        notes = [
            Missing(
                self.env._("not done yet, by the plan: %s", row._line().removeprefix("· ")),
                "action_open_actions",
            )
            for row in rows.with_env(self.env).sudo()
        ]
        return super()._who_waits() + notes

    def action_open_actions(self):
        """Open the actions of the plans in force."""
        self.ensure_one()
        domain = [("complaint_id", "=", self.id), ("plan_state", "in", IN_FORCE)]
        title = self.env._("Actions in Force")
        return windows.rows("water.resolution.action", title, domain, {"create": False})

    def _put_back(self, facts):
        super()._put_back(facts)
        self.sudo().plan_action_ids._remind_again()

    def _on_plan(self, before, vals):
        first = self.filtered(lambda case: vals.get("plan") and not before[case.id]["plan"])
        if first and not is_trusted(self.env):
            first._log_events("planned")
