from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...base.trust import is_trusted, trusted

#: What only the course of a call writes.
KEPT = frozenset(
    {
        "state",
        "kind",
        "done_at",
        "due_at",
        "company_id",
        "deadline_id",
        "former_handler_ids",
        "next_attempt_at",
        "requested_by_id",
        "script_id",
        "started_at",
        "void_reason",
        "wished_at",
    }
)
SPOKEN = ("solved", "not_solved", "refused")
#: So long a call that was begun is its caller's, unless he notes how it went.
TALK = timedelta(minutes=15)


class WaterCallback(models.Model):
    """A call to the customer: after the work (回访), or because he asked for it (回电).

    The first is made by someone who did not do the work; the second by whoever knows the
    answer. Agents see those of the cases they see, supervisors and quality see all.
    """

    _name = "water.callback"
    _inherit = ["water.never.deleted.mixin", "water.reveal.link.mixin", "water.case.link.mixin"]
    _description = "Call-back"
    _package = ("kind", "state", "note", "remark", "due_at", "done_at", "outcome", "score")
    _sealed_with_case = True
    _keeps_what_is_shown = True
    _dossier_order = 55
    _dossier = (
        "kind",
        "due_at",
        "user_id",
        "note",
        "state",
        "done_at",
        "outcome",
        "score",
        "remark",
        "void_reason",
        "attempt_ids",
        "answer_ids",
    )
    _order = "next_attempt_at, due_at, id"
    _rec_name = "case_name"
    _in_hand = {"user_id": [("state", "=", "open")]}

    kind = fields.Selection(
        [("follow_up", "Follow-up"), ("requested", "Requested")],
        required=True,
        readonly=True,
        default="follow_up",
        help="Follow-up: how did it go? Requested: the customer has asked to be called.",
    )
    due_at = fields.Datetime(string="Due", index=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Caller",
        index="btree_not_null",
        domain="[('share', '=', False)]",
    )
    note = fields.Char(string="About", readonly=True, help="What the customer wants to talk about.")
    requested_by_id = fields.Many2one("res.users", string="Asked for by", readonly=True)
    deadline_id = fields.Many2one("water.deadline", string="Promise", readonly=True)
    attempt_ids = fields.One2many("water.callback.attempt", "callback_id", string="Attempts")
    attempt_count = fields.Integer(compute="_compute_attempt_count")
    remark = fields.Text(string="What the Customer Said")
    started_at = fields.Datetime(string="Begun at", readonly=True, copy=False)
    done_at = fields.Datetime(readonly=True)
    can_call = fields.Boolean(compute="_compute_can_call", export_string_translation=False)
    state = fields.Selection(
        [("open", "To call"), ("done", "Done"), ("void", "Not needed")],
        required=True,
        readonly=True,
        default="open",
        index=True,
        group_expand=True,
    )
    void_reason = fields.Selection(
        [
            ("not_drawn", "Not in the sample"),
            ("reopened", "The case was taken up again"),
            ("cancelled", "Not wanted any more"),
        ],
        string="Why Not Needed",
        readonly=True,
    )
    former_handler_ids = fields.Many2many(
        "res.users",
        string="Handled before",
        readonly=True,
        help="The customer said it was not solved: these people do not get the case again.",
    )
    contact = fields.Char(compute="_compute_contact", compute_sudo=True)

    _queue_idx = models.Index("(next_attempt_at, due_at, id) WHERE state = 'open'")

    @api.depends("attempt_ids")
    def _compute_attempt_count(self):
        for callback in self:
            callback.attempt_count = len(callback.attempt_ids)

    @api.depends(lambda self: tuple(self._case_models()))
    def _compute_contact(self):
        for callback in self:
            case = callback._case()
            callback.contact = f"{case.contact_masked} {case.phone_masked}".strip()

    def write(self, vals):
        kept = vals.keys() & (KEPT | self._case_models().keys())
        if not is_trusted(self.env) and (kept or any(row.state != "open" for row in self)):
            raise UserError(self.env._("A call-back that is done is not changed."))
        done = super().write(vals)
        if vals.keys() & {"call_from", "call_until"}:
            self._keep_hours()
        return done

    def _keep_hours(self):
        """The hours have changed: the next try moves into them."""
        now = fields.Datetime.now()
        for row in self.filtered(lambda row: row.state == "open"):
            waits = row.next_attempt_at if row.attempt_ids else now
            trusted(row.sudo()).next_attempt_at = row._first_moment(max(now, waits or now))

    @api.model_create_multi
    def create(self, vals_list):
        if not is_trusted(self.env):
            raise UserError(self.env._("Call-backs are made when a case is completed."))
        return super().create(vals_list)

    @api.model
    def _never_deleted_message(self):
        return self.env._("A call-back is never deleted.")

    # -- the call -----------------------------------------------------------------------------

    def action_start(self):
        """Begin the call: it is the caller's from now on, and its questions appear.

        :raises UserError: in quiet hours, for a handler of the case, or while somebody else talks
        """
        self.check_access("write")
        self.ensure_one()
        self._check_attempt()
        self._check_silent()
        self.user_id = self.env.user
        trusted(self.sudo()).started_at = fields.Datetime.now()
        self._fill_answers()
        return True

    def _check_silent(self):
        """The customer's telephone does not ring twice: somebody else may be talking to him."""
        began, caller = self.started_at, self.user_id
        if not began or caller == self.env.user or fields.Datetime.now() - began > TALK:
            return
        if not any(attempt.at >= began for attempt in self.attempt_ids):
            raise UserError(self.env._("%s has begun this call.", caller.sudo().name))

    def action_no_answer(self):
        """Keep a try in which nobody answered."""
        return self._attempt("no_answer")

    def action_busy(self):
        """Keep a try in which the line was busy."""
        return self._attempt("busy")

    def _attempt(self, result):
        self.check_access("write")
        rows = [{"callback_id": row.id, "result": result} for row in self]
        self.env["water.callback.attempt"].create(rows)
        return True

    def action_done(self):
        """Finish the call-back: the outcome is there, and the caller did not do the work.

        :raises UserError: without outcome, with too few attempts, with answers that say
            something else, or by a handler of the case
        """
        self.check_access("write")
        for callback in self:
            callback._check_open()
            callback._check_caller()
            callback._fill_answers()
            callback._check_done()
            if callback.outcome in SPOKEN and "reached" not in callback.attempt_ids.mapped(
                "result"
            ):
                callback._attempt("reached")
            callback._finish()
        return True

    def action_cancel(self):
        """The customer no longer wants the call that he asked for.

        :raises UserError: for a follow-up, which nobody may spare himself
        """
        self.check_access("write")
        for callback in self:
            callback._check_open()
            if callback.kind != "requested":
                raise UserError(self.env._("A follow-up is made; only a wish can be withdrawn."))
        self._withdraw()
        return True

    def _withdraw(self):
        """The calls that a customer asked for are not made."""
        for callback in self:
            callback._case()._log_events("callback_cancelled")
        self._void("cancelled")

    def _check_open(self):
        if self.state != "open":
            raise UserError(self.env._("This call-back is finished already."))

    @api.depends("kind", "state")
    @api.depends_context("uid")
    def _compute_can_call(self):
        for callback in self:
            callback.can_call = callback.state == "open" and not callback._did_the_work()

    def _did_the_work(self):
        """Whoever did the work does not ask how it was (S3.2.4a)."""
        return self.kind == "follow_up" and self.env.user in self._case()._workers()

    def _check_caller(self):
        if not self.env.su and self._did_the_work():
            raise UserError(self.env._("Whoever handled the case cannot make the call-back."))

    def _check_done(self):
        if not self.outcome:
            raise UserError(self.env._("Choose what the customer said: the outcome is missing."))
        count = self._max_attempts()
        if self.outcome == "unreachable" and len(self.attempt_ids) < count:
            raise UserError(self.env._("Unreachable only after %(count)s attempts.", count=count))
        self._check_answers()

    def _finish(self):
        """The call is over: keep it, and let the case hear of it."""
        caller = self.user_id.id or self.env.uid
        now = fields.Datetime.now()
        trusted(self.sudo()).write(
            {"state": "done", "done_at": now, "next_attempt_at": False, "user_id": caller}
        )
        case = self._case()
        kind = "callback_done" if self.kind == "follow_up" else "callback_returned"
        case._log_events(kind, {"outcome": self.outcome, "score": self.score or ""})
        if self.outcome in SPOKEN:
            case._end_told()
        if self.kind == "requested" and self.outcome in SPOKEN and not case.is_final:
            case._log_contact(self.remark)
        case._on_callback_done(self)

    def _void(self, reason="reopened"):
        """No call is needed any more, and none is late.

        :param reason: value of ``void_reason``
        """
        for callback in self.sudo().filtered(lambda row: row.state == "open"):
            trusted(callback).write(
                {"state": "void", "void_reason": reason, "next_attempt_at": False}
            )
            callback.deadline_id._void()
            if callback.kind == "follow_up":
                callback._case()._void_follow_up_clocks()
