from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from odoo.addons.water_service_desk.base.trust import trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.case.transitions import Missing, Refusal


class WaterResolution(models.Model):
    """A version of the plan for a complaint (处理方案, S3.2.3a): the offer, and who does what by
    when.

    A version is drafted, proposed, and then accepted, rejected or superseded. From the proposal on
    it is read-only: changes need a new version.
    """

    _name = "water.resolution"
    _inherit = ["water.complaint.part.mixin", "water.mixin"]
    _description = "Plan for a Complaint"
    _order = "complaint_id desc, version desc, id desc"

    version = fields.Integer(readonly=True, copy=False, aggregator=None)
    text = fields.Text(
        string="What Is Offered", required=True, help="In words that the customer understands."
    )
    basis = fields.Text(help="The rule or policy that the plan follows.")
    action_ids = fields.One2many("water.resolution.action", "resolution_id", string="Actions")
    action_count = fields.Integer(string="Actions in All", compute="_compute_progress")
    done_count = fields.Integer(string="Actions Done", compute="_compute_progress")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("proposed", "On the table"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("superseded", "Superseded"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        group_expand=True,
    )
    proposed_at = fields.Datetime(readonly=True, copy=False)
    proposed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    accepted_at = fields.Datetime(string="Agreed At", readonly=True, copy=False)
    rejected_at = fields.Datetime(string="Rejected by the Customer At", readonly=True, copy=False)
    reject_reason = fields.Text(
        string="Why It Was Rejected", readonly=True, copy=False, help="In the customer's words."
    )
    negotiation_ids = fields.One2many("water.negotiation", "resolution_id", readonly=True)
    can_propose = fields.Boolean(compute="_compute_can", export_string_translation=False)

    _version_uniq = models.Constraint(
        "UNIQUE (complaint_id, version)", "The complaint has a plan with this version already."
    )

    # -- computes -------------------------------------------------------------------------

    @api.depends("version", "state")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for row in self:
            row.display_name = self.env._(
                "Version %(number)s (%(state)s)", number=row.version, state=labels[row.state]
            )

    @api.depends("action_ids.done_at")
    def _compute_progress(self):
        for row in self:
            row.action_count = len(row.action_ids)
            row.done_count = len(row.action_ids.filtered("done_at"))

    @api.depends("state", "complaint_id.state")
    @api.depends_context("uid")
    def _compute_can(self):
        for row in self:
            row.can_propose = row.state == "draft" and row.complaint_id.is_investigator

    # -- create and write -----------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        for complaint, versions in rows.grouped("complaint_id").items():
            last = self._last_of(complaint, "version")
            for number, version in enumerate(versions.sudo(), last + 1):
                trusted(version).version = number
        return rows

    def _check_by_hand(self, names):
        super()._check_by_hand(names)
        if any(row.state != "draft" for row in self):
            raise UserError(self._frozen_message())

    @api.model
    def _frozen_message(self):
        return self.env._(
            "A plan that was proposed is not changed any more: make a new version of it."
        )

    def _check_unlink(self):
        """Allow deletion of drafts only: the customer may know of other versions."""
        if any(row.state != "draft" for row in self):
            raise AccessError(self._frozen_message())
        self.check_access("write")
        self._check_worker()

    # -- steps ----------------------------------------------------------------------------

    def action_propose(self):
        """The plan stands: it meets the plan clock and can be offered to the customer.

        :raises UserError: without actions that say who does what until when
        """
        self._check_by_hand(())
        for row in self:
            if not row.action_ids:
                words = self.env._(
                    "Write down what is done, by whom and until when, before proposing."
                )
                raise Refusal(row.display_name, row, [Missing(words, "action_ids")])
        for row in self:
            row._propose()
        return True

    def _propose(self):
        older = self.complaint_id.resolution_ids.filtered(lambda row: row.state == "proposed")
        older._supersede()
        trusted(self.sudo()).write(
            {
                "state": "proposed",
                "proposed_at": fields.Datetime.now(),
                "proposed_by_id": self.env.uid,
            }
        )
        self.complaint_id._log_events("planned", self._payload())
        self._fill_plan()
        self.action_ids._tell_owners()

    def _supersede(self):
        trusted(self.sudo()).write({"state": "superseded"})
        self.action_ids._stop_reminding()

    def _payload(self, **more):
        actions = [
            {
                "what": row.name,
                "who": row.user_id.sudo().name,
                "until": fields.Date.to_string(row.due_on),
            }
            for row in self.action_ids
        ]
        return {"version": self.version, "text": self.text, "actions": actions, **more}

    def _fill_plan(self):
        """Copy the plan in force to the complaint's own field, for reports and integrations."""
        # sudo: water.complaint - the right to propose was checked before
        trusted(self.complaint_id.sudo()).plan = "\n".join(
            [self.text, *(row._line() for row in self.action_ids)]
        )

    def _accept(self, settlement):
        """Accept this version for the customer; it is the only one in force.

        :param settlement: what both sides have agreed on
        """
        self._check_offered()
        others = self.complaint_id.resolution_ids - self
        replaced = others.filtered(lambda row: row.state in ("proposed", "accepted"))
        replaced._supersede()
        trusted(self.sudo()).write({"state": "accepted", "accepted_at": fields.Datetime.now()})
        self.complaint_id._log_events("plan_accepted", self._payload(settlement=settlement))
        self._fill_plan()

    def _reject(self, reason):
        """Reject this version for the customer.

        :param reason: in the customer's words
        """
        self._check_offered()
        trusted(self.sudo()).write(
            {
                "state": "rejected",
                "rejected_at": fields.Datetime.now(),
                "reject_reason": reason,
            }
        )
        self.action_ids._stop_reminding()
        self.complaint_id._log_events("plan_rejected", {"version": self.version, "reason": reason})

    def _check_offered(self):
        for row in self:
            if row.state != "proposed":
                raise UserError(
                    self.env._(
                        "Only a plan that is proposed and not answered can be answered: %(plan)s.",
                        plan=row.display_name,
                    )
                )

    def action_new_version(self):
        """Make a draft of a new version with the open actions, and open it."""
        self.ensure_one()
        self._check_worker()
        waiting = self.action_ids.filtered(lambda row: not row.done_at)
        draft = self.create(
            {
                "complaint_id": self.complaint_id.id,
                "text": self.text,
                "basis": self.basis,
                "action_ids": [Command.create(row._copied()) for row in waiting],
            }
        )
        return self.complaint_id._open_dialog(draft, self.env._("Plan"))

    def _finish_if_done(self):
        for row in self:
            complaint = row.complaint_id
            done = row.state == "accepted" and all(row.action_ids.mapped("done_at"))
            if done and not strip_invisible(complaint.resolution):
                # sudo: water.complaint - the owner of an action may be no worker of the complaint
                complaint.sudo().resolution = "\n".join(
                    action.result or action.name for action in row.action_ids
                )
