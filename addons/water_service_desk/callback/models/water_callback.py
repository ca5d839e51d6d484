from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...base.moments import hours_text, short_writer
from ...base.true_only import true_only
from ...base.trust import is_trusted, trusted
from ..call_window import ALL_DAY, common_hours, is_open, local_hour, next_open
from .water_case_callback import WISH_SLOT

#: Fields written by the course of a call alone.
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
#: A call that was begun belongs to its caller for this time, until the result is noted.
TALK = timedelta(minutes=15)
#: Outcomes of a talk in which the customer answered.
HEARD = ("solved", "not_solved")
#: A wish for a certain time holds from a little before it until an hour later.
WISH_EARLY = timedelta(minutes=10)
WISH_SPAN = timedelta(hours=1)
#: A call that began in time may be written down a little after the hours have ended.
LATE_NOTE = timedelta(minutes=15)


class WaterCallback(models.Model):
    """A call to the customer: after the work (回访), or on request (回电).

    The first is made by a user who did not do the work; the second by one who knows the answer.
    Agents see those of the cases they see, supervisors and quality see all.
    """

    _name = "water.callback"
    _inherit = [
        "water.never.deleted.mixin",
        "water.reveal.link.mixin",
        "water.case.link.mixin",
        "water.mixin",
    ]
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
        string="Called by",
        index="btree_not_null",
        domain="[('share', '=', False)]",
    )
    note = fields.Char(string="About", readonly=True, help="Subject of the call.")
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

    script_id = fields.Many2one("water.callback.script", readonly=True, ondelete="restrict")
    greeting = fields.Text(related="script_id.greeting")
    farewell = fields.Text(related="script_id.farewell")
    answer_ids = fields.One2many("water.callback.answer", "callback_id", string="Questions")
    outcome = fields.Selection(
        [
            ("solved", "Solved"),
            ("not_solved", "Not solved"),
            ("unreachable", "Unreachable"),
            ("refused", "Refused to answer"),
        ],
        compute="_compute_outcome",
        store=True,
        readonly=False,
        help="Unreachable and refused never count as satisfied (S2.3.3b).",
    )
    score = fields.Selection(
        [("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5")],
        string="Satisfaction",
        compute="_compute_score",
        store=True,
        readonly=False,
    )

    _score_only_when_heard = models.Constraint(
        "CHECK (score IS NULL OR COALESCE(outcome, '') IN ('solved', 'not_solved'))",
        "Only a customer who answered can give a score.",
    )

    can_take_up = fields.Boolean(compute="_compute_can_take_up", export_string_translation=False)

    wished_at = fields.Datetime(
        string="Wished Time", readonly=True, help="The customer has asked for this very time."
    )
    call_from = fields.Float(
        string="Call Between",
        default=ALL_DAY[0],
        required=True,
        help="Hours in which this customer likes to be called, by the company's clock.",
    )
    call_until = fields.Float(string="and", default=ALL_DAY[1], required=True)
    call_hours = fields.Char(compute="_compute_call_hours", export_string_translation=False)
    next_attempt_at = fields.Datetime(
        string="Next Try",
        readonly=True,
        default=fields.Datetime.now,
        help="Not before this moment: the queue is in this order.",
    )
    is_callable = fields.Boolean(
        string="Callable Now", compute="_compute_is_callable", search="_search_is_callable"
    )
    quiet_note = fields.Char(string="Not Now", compute="_compute_is_callable")
    can_note = fields.Boolean(compute="_compute_can_note", export_string_translation=False)

    _hours_sane = models.Constraint(
        "CHECK (call_from >= 0 AND call_until <= 24 AND call_from < call_until)",
        "Choose a time of day to call that begins before it ends.",
    )

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
        """Begin the call: it belongs to the caller from now on, and its questions appear.

        :raises UserError: in quiet hours, for a handler of the case, or during another user's call
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
        began, caller = self.started_at, self.user_id
        if not began or caller == self.env.user or fields.Datetime.now() - began > TALK:
            return
        if not any(attempt.at >= began for attempt in self.attempt_ids):
            raise UserError(self.env._("%s has begun this call.", caller.sudo().name))

    def action_no_answer(self):
        """Record an unanswered attempt."""
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
        """Cancel a call that the customer no longer wants.

        :raises UserError: for a follow-up, which may not be skipped
        """
        self.check_access("write")
        for callback in self:
            callback._check_open()
            if callback.kind != "requested":
                raise UserError(self.env._("A follow-up is made; only a wish can be withdrawn."))
        self._withdraw()
        return True

    def _withdraw(self):
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
        """Return whether the user did the work, and so may not ask about it (S3.2.4a)."""
        return self.kind == "follow_up" and self.env.user in self._case()._workers()

    def _check_caller(self):
        if not self.env.su and self._did_the_work():
            raise UserError(self.env._("The handler of the case cannot make the call-back."))

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
            case._end_contact_todos()
        if self.kind == "requested" and self.outcome in SPOKEN and not case.is_final:
            case._log_contact(self.remark)
        case._on_callback_done(self)

    def _void(self, reason="reopened"):
        for callback in self.sudo().filtered(lambda row: row.state == "open"):
            trusted(callback).write(
                {"state": "void", "void_reason": reason, "next_attempt_at": False}
            )
            callback.deadline_id._void()
            if callback.kind == "follow_up":
                callback._case()._void_follow_up_clocks()

    # -- talk ----------------------------------------------------------------------------------
    # Questions of a call, and the result of the answers (S3.2.4a).

    @api.depends("answer_ids.yes_no")
    def _compute_outcome(self):
        for callback in self:
            callback.outcome = callback._outcome_of_answers() or callback.outcome

    @api.depends("answer_ids.score", "outcome")
    def _compute_score(self):
        for callback in self:
            told = callback.answer_ids.filtered(lambda row: row.meaning == "satisfaction")[:1]
            heard = callback.outcome in HEARD
            callback.score = (told.score or callback.score) if heard else False

    def _outcome_of_answers(self):
        """Return the result of the answers: one “not solved” or “happened again” is enough."""
        told = {(row.meaning, row.yes_no) for row in self.answer_ids if row.yes_no}
        if told & {("solved", "no"), ("recurred", "yes")}:
            return "not_solved"
        return "solved" if ("solved", "yes") in told else False

    def _fill_answers(self):
        for callback in self.filtered(lambda row: not row.script_id):
            script = self.env["water.callback.script"]._for_callback(callback)
            # sudo: water.callback.answer - the questions are put by the script alone
            answers = trusted(self.env["water.callback.answer"].sudo())
            trusted(callback.sudo()).script_id = script
            answers.create([question._answer_values(callback) for question in script.question_ids])
        self._tell_answers()

    def _tell_answers(self):
        for callback in self.filtered(lambda row: row.outcome in HEARD):
            open_answers = callback.answer_ids.filtered(
                lambda row: row.meaning == "solved" and not row.yes_no
            )
            if open_answers and not callback._outcome_of_answers():
                open_answers.yes_no = "yes" if callback.outcome == "solved" else "no"

    def _check_answers(self):
        """Answers and outcome must agree, and what must be asked has been asked.

        :raises UserError: with what does not fit
        """
        told = self._outcome_of_answers()
        if told and told != self.outcome:
            labels = dict(self._fields["outcome"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "The answers say “%(told)s”, the outcome says “%(outcome)s”: correct one of"
                    " them.",
                    told=labels[told],
                    outcome=labels[self.outcome],
                )
            )
        missing = self.answer_ids.filtered(lambda row: row.mandatory and not row.value)
        if self.outcome in HEARD and missing:
            questions = "\n".join(f"· {name}" for name in missing.mapped("name"))
            raise UserError(self.env._("Not asked yet:\n%(questions)s", questions=questions))

    # -- again ---------------------------------------------------------------------------------
    # An unreachable customer who rings back: the call is made then (S3.2.4a).

    @api.depends("state", "outcome")
    @api.depends_context("uid")
    def _compute_can_take_up(self):
        for callback in self:
            callback.can_take_up = not callback._take_up_fault()

    def action_take_up(self):
        """Reopen the call for a customer who rings back.

        The answers replace “unreachable”; earlier attempts stay on record.

        :raises UserError: for any other call, by users who did the work, or if the case is archived
            or reopened
        """
        self.check_access("write")
        self.ensure_one()
        self._check_case_sealed()
        fault = self._take_up_fault()
        if fault:
            raise UserError(fault)
        now = fields.Datetime.now()
        # the customer has called
        again = {"wished_at": now, "next_attempt_at": now, "started_at": now}
        values = {"state": "open", "outcome": False, "done_at": False, "user_id": self.env.uid}
        trusted(self.sudo()).write(values | again)
        self._case()._log_events("callback_taken_up")
        self._fill_answers()
        return True

    def _take_up_fault(self):
        """Why this call is not made after all, as a sentence; "" when it can."""
        if (self.state, self.outcome) != ("done", "unreachable"):
            return self.env._("A call can only be made up for if no one was reached.")
        # sudo: case - whether it waits for that call
        case = self.sudo()._case()
        latest = case.callback_ids.filtered(lambda row: row.kind == self.kind).sorted("id")[-1:]
        ended = self.kind == "follow_up" and case.closed_at and case.closed_at > self.done_at
        if latest != self.sudo() or ended or not case._hears_late_answer(self.kind):
            return self.env._("The case has gone on since: what the customer says belongs there.")
        if not self.env.su and self._did_the_work():
            return self.env._("The handler of the case cannot make the call-back.")
        return ""

    # -- queue ---------------------------------------------------------------------------------
    # When a customer may be called, and who is next (S3.2.4a).
    #
    # Three things decide: the hours the customer prefers, the company's calling hours (quiet hours
    # are the rest of the day), and a requested time, which overrides both. Hours are in the time
    # zone of the company's calendar; moments are naive UTC.

    @api.depends("next_attempt_at", "wished_at", "call_from", "call_until")
    @api.depends_context("lang", "tz")
    def _compute_is_callable(self):
        now = fields.Datetime.now()
        for row in self:
            waits = row.state == "open"
            due = (row.next_attempt_at or now) <= now
            row.is_callable = waits and due and row._may_call(now)
            row.quiet_note = row._quiet_text(now) if waits and not row.is_callable else False

    @api.depends("can_call", "wished_at", "call_from", "call_until")
    @api.depends_context("uid")
    def _compute_can_note(self):
        """Allow noting a result while calls are allowed, and a little longer."""
        now = fields.Datetime.now()
        for row in self:
            row.can_note = row.can_call and row._may_note(now)

    def _may_note(self, moment):
        return self._may_call(moment) or self._may_call(moment - LATE_NOTE)

    @api.depends("call_from", "call_until")
    @api.depends_context("lang")
    def _compute_call_hours(self):
        for row in self:
            hours = row.call_from, row.call_until
            any_time = hours == ALL_DAY
            row.call_hours = self.env._("Any time") if any_time else hours_text(*hours)

    def _quiet_text(self, now):
        """Return why no call is allowed now, and when one is, in the reader's language and time."""
        moment = max(self.next_attempt_at or now, self._first_moment(now))
        when = short_writer(self.env, self.company_id._water_tz())(moment)
        return self.env._("Not to be called before %s.", when)

    @api.model
    @true_only
    def _search_is_callable(self):
        """Search by a range of the queue's index, independent of the number of past calls."""
        now = fields.Datetime.now()
        # sudo: res.company - calling hours and time zone of the user's own companies
        companies = self.env.companies.sudo()
        allowed = Domain.OR(self._callable_in(company, now) for company in companies)
        return Domain("state", "=", "open") & Domain("next_attempt_at", "<=", now) & allowed

    @api.model
    def _callable_in(self, company, now):
        opens, closes = company._water_call_hours()
        hour = local_hour(now, company._water_tz())
        fits = Domain("call_from", "<=", hour) & Domain("call_until", ">", hour)
        if not opens <= hour < closes:  # quiet: only who likes it at no other time
            fits &= Domain("call_from", ">=", closes) | Domain("call_until", "<=", opens)
        wish = Domain("wished_at", "<=", now + WISH_EARLY)
        wish &= Domain("wished_at", ">", now - WISH_SPAN)
        return Domain("company_id", "=", company.id) & (fits | wish)

    # -- hours --------------------------------------------------------------------------------

    def _hours(self):
        """Return ``(time zone, hours)`` of calls to this customer without a request."""
        company = self.company_id.sudo()
        wish = self.call_from, self.call_until
        return company._water_tz(), common_hours(wish, company._water_call_hours())

    def _may_call(self, moment):
        wished = self.wished_at
        if wished and wished - WISH_EARLY <= moment < wished + WISH_SPAN:
            return True
        return is_open(moment, *self._hours())

    def _first_moment(self, moment):
        """Return ``moment`` (naive UTC) if within the hours, else when they begin again."""
        return next_open(moment, *self._hours())

    def _check_hours(self, moment):
        """Refuse a call in quiet hours that the customer has not requested.

        :raises UserError: with the allowed hours
        """
        if self.env.su or self._may_note(moment):
            return
        _zone, (opens, closes) = self._hours()
        raise UserError(
            self.env._(
                "%(case)s: the customer is called between %(opens)s and %(closes)s only, unless"
                " they have asked for another time. Enter the time they wished, or call later.",
                case=self.case_name,
                opens=self._clock_text(opens),
                closes=self._clock_text(closes),
            )
        )

    @api.model
    def _clock_text(self, hour):
        hours, minutes = divmod(round(hour * 60), 60)
        return f"{hours:02}:{minutes:02}"

    # -- tries ----------------------------------------------------------------------------------

    def _check_attempt(self):
        """Check that an attempt may be noted now.

        :raises UserError: in quiet hours, by a handler of the case, or after the end
        """
        for call in self:
            call._check_open()
            call._check_caller()
            call._check_hours(fields.Datetime.now())

    def _on_attempt(self, attempt):
        payload = {"result": attempt.result, "note": attempt.note or ""}
        self._case()._log_events("callback_attempt", payload)
        self.sudo().deadline_id._meet(attempt.at)  # called when promised, reached or not
        if attempt.result == "later":
            self._call_again(attempt)
        elif attempt.result != "reached":
            self._try_again(attempt)

    def _call_again(self, attempt):
        """Plan the call at another time that the customer asks for."""
        if attempt.again_at:
            values = {"wished_at": attempt.again_at, "next_attempt_at": attempt.again_at}
            values |= self._promise_again(attempt.again_at)
        else:
            values = {"next_attempt_at": self._after(attempt, 1)}
        trusted(self.sudo()).write(values)

    def _promise_again(self, moment):
        """Promise the other time as the first one was (S2.1.1 信守承诺).

        :param moment: naive UTC moment that the customer has asked for
        """
        case, due = self._case().sudo(), moment + WISH_SLOT
        text = self.note or self.env._("Call the customer back")
        values = case._given_clock("promise", due, text) | {"promise_kind": "contact"}
        clock = self.env["water.deadline"]._start([values])
        case.with_env(self.env)._log_events("promised", {"text": text, "due": due.isoformat()})
        call_due = {"due_at": due} if self.kind == "requested" else {}
        return {"deadline_id": clock.id, **call_due}

    def _try_again(self, attempt):
        tries = self.attempt_ids.filtered(lambda row: row.result not in ("reached", "later"))
        if len(tries) >= self._max_attempts():
            trusted(self.sudo()).outcome = "unreachable"
            self._finish()
        else:
            trusted(self.sudo()).next_attempt_at = self._after(attempt, len(tries))

    def _is_hasty(self):
        moments = self.attempt_ids.mapped("at")
        wait = timedelta(minutes=self.env["water.callback.retry"]._least_minutes())
        return len(moments) > 1 and max(moments) - min(moments) < wait

    def _after(self, attempt, count):
        """Return when to call after the ``count``-th failed attempt, within the hours (naive
        UTC).
        """
        minutes = self.env["water.callback.retry"]._minutes(attempt.result, count)
        return self._first_moment(attempt.at + timedelta(minutes=minutes))

    def _max_attempts(self):
        """Return the attempts after which a customer counts as unreachable (S2.3.3a)."""
        return self.company_id.sudo().water_call_attempts
