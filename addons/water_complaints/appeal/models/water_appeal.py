from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.files import Files
from odoo.addons.water_service_desk.base.locks import force_conflict
from odoo.addons.water_service_desk.base.moments import until_text
from odoo.addons.water_service_desk.base.roles import AGENT, SUPERVISOR
from odoo.addons.water_service_desk.base.trust import is_trusted, trusted
from odoo.addons.water_service_desk.base.words import strip_invisible
from odoo.addons.water_service_desk.clock.models.water_standard import LineSpec

from ...complaint.models.water_complaint import STATES

LEVELS = [("1", "Review"), ("2", "Company panel"), ("external", "External body")]
DECISIONS = [
    ("upheld", "Appeal upheld"),
    ("partly", "Appeal upheld in part"),
    ("rejected", "Appeal rejected"),
    ("not_admissible", "Not admissible"),
]
OPEN_STATES = ("filed", "review")
#: Fields that supervisors may change while an appeal is open: the people who review it.
ASSIGNED = frozenset({"reviewer_id", "member_ids"})
WORKED = frozenset(
    {
        "review_note",
        "decision",
        "decision_text",
        "remedy",
        "corrected_finding",
        "corrected_liability",
        "leaves_figures",
        "reopen",
    }
)
#: A complaint in such a state has an answer that can be appealed against.
ANSWERED_STATES = (*STATES.names("told"), "rejected")
#: Facts that the desk may enter when filing; the system works out the rest.
FILED_FIELDS = (
    "reason",
    "demand",
    "new_evidence",
    "late_reason",
    "channel_id",
    "external_body",
    "external_number",
    "external_due_at",
    "certificate_number",
    "certificate_issuer",
)


class WaterAppeal(models.Model):
    """An appeal (申诉, S3.2.5): first reviewed by a senior person, then by a panel of the company.

    The desk sees the appeals of the complaints that it may read, a department those of complaints
    dispatched to it. The person complained of never sees the appeal; a confidential one is also
    hidden from the department complained of. Customers file and follow appeals in the portal.
    Appeals have their own event chain, so that the filed complaint stays unchanged.
    """

    _name = "water.appeal"
    _inherit = [
        "water.never.deleted.mixin",
        "water.export.mixin",
        "mail.thread",
        "water.chain.mixin",
        "water.scanned.mixin",
        "water.mixin",
    ]
    _description = "Appeal"
    _package = ("name", "level", "reason", "demand", "decision", "decision_text", "decided_at")
    _dossier_order = 90
    _dossier = True
    _order = "state, due_at, id desc"
    _mail_post_access = "read"
    _allow_sudo_commands = False

    name = fields.Char(string="Number", readonly=True, copy=False, default="/", index=True)
    complaint_id = fields.Many2one(
        "water.complaint", required=True, readonly=True, index=True, ondelete="restrict"
    )
    complaint_subject = fields.Char(related="complaint_id.subject", string="Matter")
    notice_id = fields.Many2one(
        "water.notice", string="Appeals against", readonly=True, ondelete="restrict"
    )
    round = fields.Integer(readonly=True, help="How often the complaint had been reopened by then.")
    level = fields.Selection(LEVELS, required=True, readonly=True, index=True)
    reason = fields.Text(required=True, readonly=True, help="Why the customer does not agree.")
    demand = fields.Text(readonly=True, help="What the customer asks for.")
    new_evidence = fields.Text(readonly=True, help="What is new since the last decision.")
    evidence_ids = Files(
        "ir.attachment",
        "water_appeal_evidence_rel",
        "appeal_id",
        "attachment_id",
        readonly=True,
        copy=False,
    )
    channel_id = fields.Many2one("water.channel", readonly=True, ondelete="restrict")
    filed_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    filed_by_id = fields.Many2one("res.users", readonly=True)
    is_late = fields.Boolean(string="Filed Late", readonly=True)
    late_reason = fields.Text(readonly=True)
    needs_admission = fields.Boolean(
        readonly=True, help="The matter was decided for good: a supervisor admits it, or does not."
    )
    admitted_by_id = fields.Many2one("res.users", readonly=True)
    admitted_at = fields.Datetime(readonly=True)
    admit_reason = fields.Text(readonly=True)
    state = fields.Selection(
        [
            ("filed", "To Acknowledge"),
            ("review", "In Review"),
            ("decided", "Decided"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="filed",
        index=True,
        group_expand=True,
    )
    reviewer_id = fields.Many2one(
        "res.users",
        string="Reviewer or Chair",
        index="btree_not_null",
        domain="[('id', 'in', eligible_ids)]",
        ondelete="restrict",
    )
    member_ids = fields.Many2many(
        "res.users",
        "water_appeal_member_rel",
        "appeal_id",
        "user_id",
        string="Members of the Panel",
        domain="[('id', 'in', eligible_ids), ('id', '!=', reviewer_id)]",
    )
    vote_ids = fields.One2many("water.appeal.vote", "appeal_id", string="Votes")
    review_note = fields.Text(string="Findings of the Review", help="For the company alone.")
    decision = fields.Selection(DECISIONS, index=True)
    decision_text = fields.Text(string="Reasons of the Decision", help="The customer reads this.")
    remedy = fields.Text(help="What the company does now; the customer reads this.")
    former_finding = fields.Selection(
        [("upheld", "Upheld"), ("partly", "Partly upheld"), ("not_upheld", "Not upheld")],
        string="Finding before",
        readonly=True,
        help="What was in force until the decision.",
    )
    former_liability = fields.Selection(
        selection=lambda self: (
            self.env["water.complaint"]._fields["liability"]._description_selection(self.env)
        ),
        string="Liability before",
        readonly=True,
    )
    corrected_finding = fields.Selection(
        [("upheld", "Upheld"), ("partly", "Partly upheld"), ("not_upheld", "Not upheld")],
        help="Stands from now on instead of the finding of the complaint.",
    )
    corrected_liability = fields.Selection(
        selection=lambda self: (
            self.env["water.complaint"]._fields["liability"]._description_selection(self.env)
        ),
    )
    leaves_figures = fields.Boolean(
        string="Left out of the Figures",
        help="The complaint does not count against the department and its people.",
    )
    reopen = fields.Boolean(string="Handle Again", help="Another person handles the case again.")
    follow_up_id = fields.Many2one(
        "water.complaint",
        string="Handled Again as",
        readonly=True,
        ondelete="restrict",
        help="A filed complaint stays as it is: the matter goes on in a new one.",
    )
    former_handler_ids = fields.Many2many(
        "res.users", "water_appeal_former_rel", "appeal_id", "user_id", readonly=True
    )
    acknowledged_at = fields.Datetime(string="Receipt Confirmed At", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    withdrawn_reason = fields.Text(readonly=True)
    notice_ids = fields.One2many("water.notice", "appeal_id", string="Letters")
    deadline_ids = fields.One2many("water.deadline", "appeal_id", string="Time Limits")
    due_at = fields.Datetime(compute="_compute_due", store=True, string="Due")
    deadline_state = fields.Selection(
        [
            ("ok", "On time"),
            ("soon", "Due soon"),
            ("paused", "Paused"),
            ("breached", "Overdue"),
            ("none", "No active time limit"),
        ],
        compute="_compute_due",
        store=True,
        default="none",
    )
    time_left = fields.Char(compute="_compute_time_left")
    is_restricted = fields.Boolean(related="complaint_id.is_restricted")
    company_id = fields.Many2one(related="complaint_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    eligible_ids = fields.Many2many("res.users", compute="_compute_eligible")
    can_assign = fields.Boolean(compute="_compute_can")
    can_admit = fields.Boolean(compute="_compute_can")
    can_accept = fields.Boolean(compute="_compute_can")
    can_vote = fields.Boolean(compute="_compute_can")
    can_review = fields.Boolean(compute="_compute_can")
    can_decide = fields.Boolean(compute="_compute_can")
    can_withdraw = fields.Boolean(compute="_compute_can")

    _one_open = models.UniqueIndex(
        "(complaint_id) WHERE state IN ('filed', 'review')",
        "An appeal about this complaint is being handled already.",
    )

    # The appeal's own chain of events, apart from that of the filed complaint.
    _chain_event = "water.appeal.event"

    event_ids = fields.One2many("water.appeal.event", "appeal_id", string="Events")
    event_count = fields.Integer(string="Number of Events")

    certificate_number = fields.Char(
        readonly=True, help="Of a certificate that the customer adds, such as of a meter test."
    )
    certificate_issuer = fields.Char(
        string="Certificate Issued by", readonly=True, help="Who has tested or certified."
    )

    appellant_case_id = fields.Many2one(
        "water.complaint",
        string="Complaint of the Appellant",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="It was merged into the complaint that was handled; its customer appeals.",
    )

    external_body = fields.Char(
        readonly=True, help="External appeal: the body that asks or decides."
    )
    external_number = fields.Char(
        string="Number of the Body", readonly=True, help="Under which the body has the matter."
    )
    external_due_at = fields.Datetime(
        string="Limit of the Body", readonly=True, help="Until when it wants our statement."
    )
    statement = fields.Text(
        string="Statement to the Body", readonly=True, help="What the company says of the matter."
    )
    stated_at = fields.Datetime(string="Stated on", readonly=True)
    stated_by_id = fields.Many2one("res.users", string="Stated by", readonly=True)
    can_state = fields.Boolean(compute="_compute_can_state", export_string_translation=False)

    # -- computes ---------------------------------------------------------------------------

    @api.depends("deadline_ids.state", "deadline_ids.due_at", "deadline_ids.met_at")
    def _compute_due(self):
        for appeal in self:
            clocks = appeal.deadline_ids.filtered(
                lambda clock: not clock.met_at and clock.state in ("running", "paused", "breached")
            )
            appeal.due_at = clocks.sorted("due_at")[:1].due_at
            appeal.deadline_state = clocks._summary()

    @api.depends("due_at")
    @api.depends_context("lang")
    def _compute_time_left(self):
        now = fields.Datetime.now()
        for appeal in self:
            appeal.time_left = until_text(self.env, appeal.due_at, now)

    @api.depends("state", "reviewer_id", "member_ids", "vote_ids", "admitted_at", "decision")
    @api.depends_context("uid")
    def _compute_can(self):
        head = self.env.su or self.env.user.has_group(SUPERVISOR)
        desk = self.env.su or self.env.user.has_group(AGENT)
        for appeal in self:
            is_open, fresh = appeal.state in OPEN_STATES, appeal.state == "filed"
            may_go_on = appeal.level != "external"
            waits = appeal.needs_admission and not appeal.admitted_at
            appeal.can_withdraw = is_open and desk
            appeal.can_assign = is_open and head and may_go_on
            appeal.can_admit = fresh and head and waits
            appeal.can_accept = fresh and head and may_go_on and not waits
            appeal.can_vote = appeal.state == "review" and appeal._may_vote()
            appeal.can_review = is_open and appeal._may_review()
            ready = appeal.state == "review" or bool(appeal.decision)
            appeal.can_decide = appeal.can_review and ready

    @api.depends("name", "complaint_id.name")
    def _compute_display_name(self):
        for appeal in self:
            appeal.display_name = " · ".join(
                part for part in (appeal.name, appeal.complaint_id.name) if part
            )

    # -- create and write -------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not is_trusted(self.env):
            raise AccessError(
                self.env._(
                    "Appeals are filed with the button of the complaint, or by the customer."
                )
            )
        appeals = super().create(vals_list)
        numbers = self.env["ir.sequence"]._water_numbers("water.appeal", appeals)
        for appeal, number in zip(appeals, numbers, strict=True):
            appeal.name = number
        return appeals

    def write(self, vals):
        if not is_trusted(self.env):
            names = {name for name in vals if not name.startswith(("message_", "activity_"))}
            for appeal in self:
                appeal._check_by_hand(names)
        panels = {appeal: appeal._panel() for appeal in self} if ASSIGNED & vals.keys() else {}
        result = super().write(vals)
        for appeal, before in panels.items():
            appeal._check_panel()
            appeal._check_replaced(before)
        return result

    def _check_by_hand(self, names):
        """Let supervisors assign the reviewers, and reviewers write their findings."""
        worked = self._worked_out()
        if names - ASSIGNED - worked:
            raise AccessError(self.env._("This is kept by the system."))
        if names and self.state not in OPEN_STATES:
            raise UserError(self.env._("%s is settled and not changed any more.", self.name))
        if names & ASSIGNED and not self.can_assign:
            raise AccessError(self.env._("Only a supervisor names who reviews an appeal."))
        if names & worked and not self._may_review():
            raise AccessError(self.env._("Only the reviewer writes down what the review found."))

    @api.model
    def _worked_out(self):
        return WORKED

    @api.model
    def _never_deleted_message(self):
        return self.env._("An appeal is never deleted; withdraw it instead.")

    # -- steps ------------------------------------------------------------------------------

    def action_accept(self):
        """Open the letter of receipt; sending it acknowledges the appeal.

        :raises UserError: without reviewer or panel, or while it waits to be admitted
        """
        self.ensure_one()
        self._check_letter("appeal_receipt")
        return self._letter_dialog("appeal_receipt", self.env._("Receipt of the Appeal"))

    def action_decide(self):
        """Open the letter of the decision; sending it decides the appeal.

        :raises UserError: if something is missing
        """
        self.ensure_one()
        kind = self._decision_letter()
        if not kind:
            self._check_decision()
            self._decide()
            return True
        self._check_letter(kind)
        return self._letter_dialog(kind, self.env._("Decision"))

    def _decision_letter(self):
        """Return the kind of letter for the decision; None if another body decided."""
        return {"1": "appeal_decision", "2": "final"}.get(self.level)

    def _letter_dialog(self, kind, title):
        return windows.dialog(
            "water.notice.wizard",
            title,
            {
                "active_model": "water.complaint",
                "active_ids": self._appellant().ids,
                "default_kind": kind,
                "default_appeal_id": self.id,
                "dialog_size": "extra-large",
            },
        )

    def _check_letter(self, kind):
        if kind == "appeal_receipt":
            return self._check_acceptable()
        if kind != self._decision_letter():
            raise UserError(self.env._("This is not the letter for an appeal of this level."))
        return self._check_decision()

    def _check_acceptable(self):
        self.check_access("read")
        if self.state != "filed":
            raise UserError(self.env._("%s is acknowledged already.", self.name))
        if not self.can_accept:
            raise UserError(
                self.env._("A supervisor admits the appeal before it is reviewed: %s", self.name)
            )
        self._need_panel()

    def _accept(self):
        """Begin the review once the customer has received the receipt."""
        self._check_acceptable()
        now = fields.Datetime.now()
        trusted(self.sudo()).write({"state": "review", "acknowledged_at": now})
        self._log_events(
            "acknowledged", {"reviewer": self.reviewer_id.id, "panel": self.member_ids.ids}
        )
        self._clocks_of("receipt")._meet(now)
        self._tell_reviewers()

    def action_admit(self):
        """Open the dialog that admits a repeated appeal."""
        return self._own_dialog("admit", self.env._("Admit the Appeal"))

    def action_vote(self):
        """Open the dialog in which a member of the panel votes."""
        return self._own_dialog("vote", self.env._("Vote"))

    def action_withdraw(self):
        """Open the dialog that records that the customer takes the appeal back."""
        return self._own_dialog("withdraw", self.env._("Withdraw the Appeal"))

    def _own_dialog(self, step, title):
        self.ensure_one()
        return windows.dialog(
            "water.appeal.wizard", title, {"default_appeal_id": self.id, "default_step": step}
        )

    def _withdraw(self, reason):
        """Withdraw the appeal for the customer and end its clocks.

        :param reason: the customer's words
        :raises UserError: if the appeal is settled, or without a reason
        """
        self.check_access("read")
        if self.state not in OPEN_STATES:
            raise UserError(self.env._("%s is settled and not changed any more.", self.name))
        if not (self.env.su or self.env.user.has_group(AGENT)):
            raise AccessError(self.env._("Only service agents withdraw an appeal."))
        if not strip_invisible(reason):
            raise UserError(self.env._("Give the reason."))
        trusted(self.sudo()).write({"state": "withdrawn", "withdrawn_reason": reason})
        self._log_events("withdrawn")
        self.sudo().deadline_ids._void()
        self.complaint_id.sudo()._appeal_over()

    def action_open_complaint(self):
        """Open the complaint (its own access rules apply there)."""
        self.ensure_one()
        return windows.form(self.complaint_id)

    # -- filing --------------------------------------------------------------------------------
    # Filing an appeal: on which level, in time or late, once or again (E6, E7).

    def _appellant(self):
        """Return the complaint of the customer who appeals: letters and money go there."""
        return self.appellant_case_id or self.complaint_id

    @api.model
    def _file(self, complaint, values, evidence=()):
        """File an appeal about the answer to ``complaint`` and start its clocks.

        The customer of a merged complaint appeals in their own name against the decision in the
        lead complaint.

        :param complaint: one water.complaint the user may read, or the customer's own with sudo
        :param values: reason (needed), demand, new_evidence, late_reason, channel_id, external_body
            (where the customer has appealed elsewhere) with external_number and external_due_at
            (naive UTC, empty if the body sets none), certificate_number and certificate_issuer of a
            certificate among the evidence
        :param evidence: ir.attachment records, or tuples ``(name, bytes)`` with, at the end,
            whether the virus scan was skipped
        :raises UserError: why it cannot be filed, and what to do instead
        :return: the appeal
        """
        complaint.ensure_one()
        complaint.check_access("read")
        if not (self.env.su or self.env.user.has_group(AGENT)):
            raise AccessError(self.env._("Only service agents file an appeal for a customer."))
        values = {name: values.get(name) for name in FILED_FIELDS}
        if not strip_invisible(values["reason"]):
            raise UserError(self.env._("Write down why the customer does not agree."))
        if values["certificate_number"] and not evidence:
            raise UserError(self.env._("Add the certificate itself as a file."))
        matter = complaint.sudo()._appealed_case()
        # the filed complaint stays unchanged; a concurrent change of its state must see this appeal
        force_conflict(complaint.sudo() | matter)
        found = self._placed(complaint, values, bool(evidence))
        mine = complaint.id if matter != complaint else False
        links = {"complaint_id": matter.id, "appellant_case_id": mine}
        appeal = self._create_once({**values, **found, **links})
        appeal._keep_evidence(evidence)
        appeal._start_own_clocks()
        appeal._log_events("filed", {"level": appeal.level, "late": appeal.is_late})
        matter._put_off_calls()
        appeal._tell_filed()
        return appeal.with_env(self.env)

    def _create_once(self, vals):
        vals = {**vals, "filed_by_id": self.env.uid, "filed_at": fields.Datetime.now()}
        try:
            with self.env.cr.savepoint():
                # sudo: water.appeal - the caller has checked who may file
                appeal = trusted(self.sudo()).create(vals)
                appeal.flush_recordset()
                return appeal
        except UniqueViolation as error:
            if not (error.diag.constraint_name or "").endswith("_one_open"):
                raise
            raise UserError(self._busy_message()) from error

    @api.model
    def _busy_message(self):
        return self.env._("An appeal about this complaint is being handled already.")

    @api.model
    def _placed(self, complaint, values, has_files):
        """Return level, round and contested answer of a new appeal.

        :raises UserError: if there is no answer to appeal against, or the time limit is over
        """
        case = complaint.sudo()
        self._check_appealable(case)
        found = {"round": case._appealed_case().reopen_count, "level": case._appeal_level()}
        found["notice_id"] = case._appealed_notice().id
        if values["external_body"]:
            self._check_external(values)
            return {**found, "level": "external"}
        if case._appeals_exhausted():
            return {**found, **self._placed_again(values, has_files)}
        return {**found, **self._placed_in_time(case, values)}

    @api.model
    def _check_appealable(self, case):
        case._appealed_case()._check_not_destroyed()
        if not case._is_answered():
            raise UserError(
                self.env._("%s has no answer yet that could be appealed against.", case.name)
            )
        if case._open_appeal():
            raise UserError(self._busy_message())

    @api.model
    def _placed_again(self, values, has_files):
        if not strip_invisible(values["new_evidence"]) or not has_files:
            raise UserError(
                self.env._(
                    "The company has given its final answer to this matter. It is taken up again"
                    " only with new evidence: describe what is new, and add the files."
                )
            )
        return {"needs_admission": True}

    @api.model
    def _placed_in_time(self, case, values):
        until = case._appealed_notice().appeal_until
        today = fields.Date.context_today(case.with_context(tz=case._customer_tz()))
        if not until:
            raise UserError(self.env._("The customer has not been told a result yet."))
        if today <= until:
            return {"late_reason": False}
        supervisor = self.env.user.has_group(SUPERVISOR)
        if supervisor and strip_invisible(values["late_reason"]):
            return {"is_late": True}
        raise UserError(
            self.env._(
                "The last day to appeal was %s. Only a supervisor admits a late appeal, and says"
                " why.",
                until,
            )
        )

    def _keep_evidence(self, evidence):
        """Keep the customer's files with the appeal, not with the filed complaint."""
        own = {"res_model": self._name, "res_id": self.id}
        rows = [
            {"name": name, "raw": content, "water_unscanned": any(mark), **own}
            for name, content, *mark in (file for file in evidence if isinstance(file, tuple))
        ]
        # sudo: ir.attachment - the files belong to the appeal that has just been filed
        attachments = self.env["ir.attachment"].sudo()
        kept = attachments.with_context(image_no_postprocess=True).create(rows)
        for file in (part for part in evidence if not isinstance(part, tuple)):
            kept |= file.sudo().copy(own)
        if kept:
            trusted(self.sudo()).evidence_ids = kept

    def _file_handlers(self):
        reviewer = self.reviewer_id.filtered("active")
        case = self.sudo().complaint_id
        return (reviewer or case._desk_supervisors()) - case._people_concerned()

    # -- clocks -------------------------------------------------------------------------------

    def _start_own_clocks(self):
        if self.level == "external":
            self.env["water.deadline"]._start([self._statement_clock()])
            return
        company = self.company_id
        days = {"1": company.water_review_days, "2": company.water_panel_days}[self.level]
        steps = {"receipt": company.water_receipt_days, "decision": days}
        rows = [self._own_clock(step, amount) for step, amount in steps.items()]
        self.env["water.deadline"]._start(rows)

    def _own_clock(self, step, days):
        case = self.complaint_id.sudo()
        office = self.company_id._water_calendar()
        line = LineSpec(False, "appeal", days, "working_day", False, "received", 80)
        return {
            **case._clock_values(line, self.filed_at, office),
            "appeal_id": self.id,
            "appeal_step": step,
        }

    def _clocks_of(self, step):
        return self.sudo().deadline_ids.filtered(lambda clock: clock.appeal_step == step)

    def _decision_clock(self):
        return self._clocks_of("decision")[:1]

    # -- external ------------------------------------------------------------------------------
    # Appeals at an outside body (E8): its name, its number and our statement.
    #
    # The body decides when it likes; until its limit it has our statement, as it has the answer
    # to an order. Where it names none, the days of the company's panel hold (proposal).

    @api.depends("state", "level", "stated_at")
    @api.depends_context("uid")
    def _compute_can_state(self):
        head = self.env.su or self.env.user.has_group(SUPERVISOR)
        for appeal in self:
            outside = appeal.level == "external" and appeal.state in OPEN_STATES
            appeal.can_state = head and outside and not appeal.stated_at

    @api.model
    def _check_external(self, values):
        if not strip_invisible(values["external_number"]):
            raise UserError(self.env._("Give the number under which the other body has it."))
        due = values["external_due_at"]
        if due and fields.Datetime.to_datetime(due) <= fields.Datetime.now():
            raise ValidationError(self.env._("The new limit must lie in the future."))

    def _statement_clock(self):
        case, now = self.complaint_id.sudo(), fields.Datetime.now()
        if not self.external_due_at:
            return self._own_clock("statement", self.company_id.water_panel_days)
        due = case._before_body(self.external_due_at, now)
        values = case._given_clock("appeal", due, self.external_body)
        own = {"appeal_id": self.id, "appeal_step": "statement"}
        return {**values, **own, "provisional": self._is_statement_provisional()}

    def _is_statement_provisional(self):
        return self.company_id._water_calendar()._water_is_unknown(self.external_due_at)

    def action_state(self):
        """Open the dialog that keeps the statement that the body was given."""
        return self._own_dialog("state", self.env._("Statement to the Body"))

    def _state(self, text):
        """Record that the body has our statement, which meets its clock.

        :param text: the company's statement
        :raises AccessError: for anyone below supervisor, or when no statement is due
        :raises UserError: without a text
        """
        self.check_access("read")
        if not self.can_state:
            raise AccessError(self.env._("Only a supervisor states the matter to another body."))
        if not strip_invisible(text):
            raise UserError(self.env._("Write what the body is told."))
        now = fields.Datetime.now()
        values = {"statement": text, "stated_at": now, "stated_by_id": self.env.uid}
        trusted(self.sudo()).write(values)
        self._log_events("stated", {"number": self.external_number or ""})
        self._clocks_of("statement")._meet(now)
