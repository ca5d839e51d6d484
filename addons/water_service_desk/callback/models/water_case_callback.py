from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...base.sampling import is_drawn
from ...base.telling import tell_staff
from ...base.trust import trusted
from ...case.births import AGAIN
from ...case.transitions import Missing
from ...clock.models.water_standard import LineSpec
from ..call_window import ALL_DAY

#: Limit of the follow-up call where no standard sets one (S3.2.4a, proposal).
FOLLOW_UP = LineSpec(False, "callback", 3, "working_day", False, "closed", 80)
#: Cases with this end are in no volume: the case that continues them counts.
NEVER_TAKEN_UP = frozenset({"withdrawn", "rejected"})
#: A wish lies at most so far ahead.
WISH_AHEAD = timedelta(days=30)
#: The call is promised within this time of the wished moment.
WISH_SLOT = timedelta(hours=1)


class WaterCaseMixin(models.AbstractModel):
    """Call-backs of a case: after the work (回访), or on request (回电).

    “Not solved” reopens the case for other people (S3.2.4a).
    """

    _inherit = "water.case.mixin"

    _counters = {"callback_count": "water.callback"}

    #: field of the category that holds the share of finished cases that are called back
    _callback_rate = None
    #: the share where a case has no category
    _callback_unsorted = 0

    callback_ids = fields.One2many("water.callback", string="Call-backs")
    callback_count = fields.Integer(string="Number of Call-backs", compute="_compute_counts")
    reopen_count = fields.Integer(string="Reopened", readonly=True, copy=False)
    is_follow_up = fields.Boolean(
        string="Counted under Another Number",
        readonly=True,
        copy=False,
        help="Handled again after it was filed, or taken up as a complaint: it came in once.",
    )
    waits_for_call = fields.Boolean(
        compute="_compute_waits_for_call", compute_sudo=True, export_string_translation=False
    )

    # -- former handlers ----------------------------------------------------------------

    can_call_back = fields.Boolean(
        compute="_compute_can_call_back", export_string_translation=False
    )

    @api.depends("callback_ids.state", "callback_ids.kind")
    def _compute_waits_for_call(self):
        for case in self:
            case.waits_for_call = bool(case._open_calls("follow_up"))

    def _rows_around(self):
        """Add the attempts of the calls."""
        attempts = [trusted(attempt) for attempt in self.callback_ids.attempt_ids]
        return attempts + super()._rows_around()

    @api.depends("waits_for_call")
    @api.depends_context("uid")
    def _compute_can_call_back(self):
        """Offer the follow-up call to users who did not do the work (S3.2.4a)."""
        for case in self:
            case.can_call_back = case.waits_for_call and self.env.user not in case._workers()

    def _check_handler(self, user):
        """Refuse ``user`` as handler of a case reopened because of that user's work.

        :raises UserError: for such a user
        """
        super()._check_handler(user)
        for case in self:
            if user in case._barred_handlers():
                raise UserError(
                    self.env._(
                        "%(case)s is handled again: %(person)s had it before, another person takes "
                        "it now.",
                        case=case.name,
                        person=user.sudo().name,
                    )
                )

    def _back_to_desk(self):
        """Have a supervisor assign the case if the responsible person had it before."""
        super()._back_to_desk()
        if self._acting_responsible() and not self.user_id:
            tell_staff(
                self,
                self._desk_supervisors(),
                lambda case: case.env._(
                    "%s is handled again: give it to a person who did not have it", case.name
                ),
            )

    def _need_another_handler(self):
        handler = self.user_id or self._acting_responsible()
        if not handler & self._barred_handlers():
            return []
        words = self.env._("give it to a person who did not have it before first")
        return [Missing(words, "user_id")]

    def _check_write(self, vals):
        super()._check_write(vals)
        if vals.get("user_id"):
            self._check_handler(self.env["res.users"].browse(vals["user_id"]))

    def _hand_over(self, user, reason):
        self._check_handler(user)
        return super()._hand_over(user, reason)

    # -- after the work: drawing the sample ---------------------------------------------

    def _callback_promised(self):
        """Hook: return whether the standard itself promises the call."""
        return False

    def _callback_percent(self):
        """Return the percentage of such cases to call; 100 for orders of other bodies."""
        if self.is_external or self._callback_promised():
            return 100
        category = self.category_id.sudo()
        return category[self._callback_rate] if category else self._callback_unsorted

    def _plan_callbacks(self):
        """Draw which finished cases are called, and start their time limit.

        The number decides, so that the draw can be repeated; cases left out are logged with the
        percentage.
        """
        known = self.filtered(lambda case: not case.is_anonymous)
        shares = {case.id: case._callback_percent() for case in known}
        drawn = known.filtered(lambda case: is_drawn(case.name, shares[case.id]))
        drawn._start_clocks("closed", at=fields.Datetime.now())
        drawn._start_follow_up_clocks()
        drawn._schedule_callback()
        left_out = (known - drawn).filtered(lambda case: case._keeps_left_out(shares[case.id]))
        left_out._skip_callback(shares)

    def _keeps_left_out(self, percent):
        """Return whether to log that this case was not drawn: only if others are called."""
        return percent > 0

    def _start_follow_up_clocks(self):
        """Start a time limit for the call if the standard has none."""
        rows = []
        for case in self.sudo():
            if not case._open_clocks().filtered(lambda clock: clock.kind == "callback"):
                office, now = case.company_id._water_calendar(), fields.Datetime.now()
                rows.append(case._clock_values(FOLLOW_UP, now, office))
        self.env["water.deadline"]._start(rows)

    def _void_follow_up_clocks(self):
        if not self._open_calls("follow_up"):
            self._open_clocks().filtered(lambda clock: clock.kind == "callback")._void()

    def _schedule_callback(self):
        """Put a follow-up in the queue for each case, due by its clock."""
        rows = [
            {
                **case._queue_values(),
                "due_at": case._open_clocks()
                .filtered(lambda clock: clock.kind == "callback")[-1:]
                .due_at,
            }
            for case in self.sudo()
            if not case._open_calls("follow_up")
        ]
        return self._queue_calls(rows)

    def _skip_callback(self, shares):
        if self:
            values = {"state": "void", "void_reason": "not_drawn", "next_attempt_at": False}
            self._queue_calls([{**case._queue_values(), **values} for case in self.sudo()])
            self._log_events("callback_skipped", {i: {"percent": shares[i]} for i in self.ids})

    def _queue_values(self):
        account, callbacks = self.account_id, self.env["water.callback"]
        hours = (account.call_from, account.call_until) if account.call_until else ALL_DAY
        return {
            callbacks._case_field(self._name): self.id,
            "company_id": self.company_id.id,
            "call_from": hours[0],
            "call_until": hours[1],
        }

    @api.model
    def _queue_calls(self, rows):
        # sudo: water.callback - the queue is filled by these services alone
        calls = trusted(self.env["water.callback"].sudo()).create(rows)
        now = fields.Datetime.now()
        for call in calls.filtered(lambda row: row.state == "open" and not row.wished_at):
            call.next_attempt_at = call._first_moment(now)
        return calls.with_env(self.env)

    def _open_calls(self, kind):
        return self.callback_ids.filtered(lambda row: row.state == "open" and row.kind == kind)

    # -- calls on request ---------------------------------------------------------------

    def _request_callback(self, wished_at, note=False, due=None):
        """Queue a call at a requested time, as a promise.

        :param wished_at: naive UTC moment
        :param note: what the customer wants to talk about
        :param due: naive UTC limit of an earlier promise; by default within the slot
        :raises UserError: for a finished case, or if a call is planned already
        :raises ValidationError: if the time has passed or is too far away
        :return: the call-back
        """
        self.ensure_one()
        self.check_access("write")
        self._check_unsealed()
        case = self.sudo()
        now = fields.Datetime.now()
        if not now <= wished_at <= now + WISH_AHEAD:
            raise ValidationError(
                self.env._("Choose a time within the next %(days)s days.", days=WISH_AHEAD.days)
            )
        if case._open_calls("requested"):
            raise UserError(self.env._("%s: the customer is to be called already.", self.name))
        text = note or self.env._("Call the customer back")
        self._promise(text, due or wished_at + WISH_SLOT, "contact")
        promise = case.deadline_ids.filtered(lambda row: row.kind == "promise").sorted("id")[-1:]
        call = self._queue_calls(
            [
                {
                    **case._queue_values(),
                    "kind": "requested",
                    "wished_at": wished_at,
                    "next_attempt_at": wished_at,
                    "due_at": promise.due_at,
                    "deadline_id": promise.id,
                    "note": note,
                    "requested_by_id": self.env.uid,
                }
            ]
        )
        payload = {"wished": wished_at.isoformat(), "note": note or ""}
        self._log_events("callback_requested", payload)
        return call

    def action_request_callback(self):
        """Open the dialog that notes when the customer wants to be called."""
        self.ensure_one()
        return self._dialog("water.callback.wizard", self.env._("Call Back"))

    # -- what the customer said ---------------------------------------------------------

    def _on_callback_done(self, callback):
        """Hook: the customer was asked how it went."""

    def _hears_late_answer(self, kind):
        """Return whether late answers to a failed call still count; other addons limit it.

        :param kind: of the call: follow-ups need a closed case, requested calls an open one
        """
        return bool(self.closed_at) if kind == "follow_up" else not self.is_final

    def _void_callbacks(self, _kind, _at):
        self.sudo().callback_ids._void("cancelled")

    def _count_reopened(self, origins):
        """Log and count reopened cases, and void their follow-up calls.

        Earlier handlers do not get it again, regardless of the cause.

        :param origins: {case id: state before}
        """
        former = {case.id: {"to": False, "not": case._former_handlers().ids} for case in self}
        for case in trusted(self):
            case.write(
                {
                    "reopen_count": case.reopen_count + 1,
                    "handling_round": case.handling_round + 1,
                    "user_id": False,
                }
            )
        self._log_events("reopened", {case.id: {"from": origins[case.id]} for case in self})
        self._log_events("assigned", former)
        self.sudo()._open_calls("follow_up")._void()

    def _handle_again(self, source, note, states):
        """Have the case handled again by other people (S3.2.4a, 重办), for every cause.

        The first responsible person stays. The case goes to the department that had it, else to the
        desk; earlier handlers do not get it again.

        :param source: record that stores them in ``former_handler_ids``, or empty
        :param note: for those who take it up
        :param states: the states it goes through, to where the work begins again
        """
        before, state = self.handling_round, self.state
        served = self._served_dispatches()
        helpers = self._served_dispatches("support").department_id.filtered("active")
        if source:
            trusted(source.sudo()).former_handler_ids = self._former_handlers()
        for step in states:
            self._move_to(step)
        if self.handling_round == before:  # still open: only the round begins again
            self._count_reopened({self.id: state})
            if "close" not in self.sudo()._open_clocks().mapped("kind"):  # else the first one holds
                self._restart_clocks(("close",))
        if served and self.department_id.active:
            served._cancel()
            # sudo: case - the system takes the step back, after the caller's access check
            self.sudo()._prepare_dispatch(self.department_id)
            self._send_dispatches(helpers, note)
        elif served and self.department_id:  # closed since then: it has to be sent elsewhere
            trusted(self.sudo()).department_id = False
            self.sudo()._back_to_desk()

    def _matter_values(self):
        """Return the values of a case that continues this one.

        Includes values that a copy leaves out, but that belong to the subject.
        """
        return {**self.copy_data()[0], **self._values_along(AGAIN, self.browse())}

    def _continue(self, ended, note):
        """Continue ``ended``, an archived case, in this one.

        :param ended: the archived case
        :param note: for those who take it up
        """
        self._carry_delegation(ended)
        former = ended._former_handlers() | ended._barred_handlers()
        number = ended.handling_round + 1
        self._take_along(ended, AGAIN)
        self._carry_query_code(ended)
        counted = ended.state not in NEVER_TAKEN_UP
        values = {"user_id": False, "handling_round": number, "is_follow_up": counted}
        trusted(self.sudo()).write(values)
        trusted(self.sudo().deadline_ids).handling_round = number  # those of the receipt as well
        self._log_events("assigned", {"to": False, "not": former.ids})
        if ended._served_dispatches() and ended.department_id:
            try:
                with self.env.cr.savepoint():
                    self._dispatch(ended.department_id, note=note)
            except UserError:  # the desk completes it first
                self.invalidate_recordset()

    def _reopen_by_callback(self, callback, state):
        """Reopen the case after “not solved”.

        :param callback: the call in which the customer said so
        :param state: where the work begins again
        """
        self._handle_again(callback, callback.remark, (state,))
        self._tell_reopened(callback)

    def _tell_reopened(self, callback):
        """Notify the first responsible person and those who assign work."""
        case = self.sudo()
        tell_staff(
            case,
            case._acting_responsible() | case._supervisors(),
            lambda row: row.env._("%s: the customer says that it is not solved", row.name),
            lambda row: row.env._("Have another person take it: %s", row._staff_line()),
        )

    def action_open_callbacks(self):
        """Open the call-back to be made, also after all, or all call-backs of the case."""
        action = self._open_children("water.callback", self.env._("Call-backs"))
        waiting = self.callback_ids.filtered(lambda row: row.state == "open" or row.can_take_up)
        if len(waiting) == 1:
            action |= {"res_id": waiting.id, "view_mode": "form", "views": [(False, "form")]}
        return action

    # -- handlers ------------------------------------------------------------------------------
    # Users who had a case: they make no follow-up call, and do not get it again (重办).

    def _workers(self):
        """Return all users who had the case; none of them makes the follow-up call."""
        case = self.sudo()
        return (
            case.first_responsible_id
            | case.original_responsible_id
            | case.user_id
            | case.deputy_ids
            | case.dispatch_ids.accepted_by_id
        )

    def _field_workers(self):
        """Return the users who went to the customer or did the work for a department."""
        case = self.sudo()
        return case.visit_ids.user_id | case.dispatch_ids.accepted_by_id

    def _former_handlers(self):
        """Return the users whose work the customer is dissatisfied with.

        Work without a department in this round was done at the desk: by the handler and the
        deputies.
        """
        case, people = self.sudo(), self._field_workers()
        if self._is_done_outside():
            return people
        return people | (case.user_id or case.first_responsible_id) | case.deputy_ids

    def _is_done_outside(self):
        made = self.sudo().visit_ids.filtered(lambda row: row.state == "done" and row.user_id)
        rounds = made.deadline_ids.mapped("handling_round")
        return bool(self._served_dispatches().accepted_by_id) or self.handling_round in rounds

    def _barred_handlers(self):
        """Return users of earlier rounds, who do not get the case again.

        The chain names them for each cause of a new round.
        """
        case = self.sudo()
        rows = case.event_ids.filtered(lambda row: row.kind == "assigned")
        ids = {user for row in rows for user in (row.payload or {}).get("not", ())}
        return case.callback_ids.former_handler_ids | case.env["res.users"].browse(ids)

    def _carry_on(self, before):
        barred, case = before._barred_handlers(), self.sudo()
        self._carry_query_code(before)
        if before.handling_round > case.handling_round:
            trusted(case).write({"handling_round": before.handling_round})
        if barred:
            trusted(case).write({"user_id": (case.user_id - barred).id})
            self._log_events("assigned", {"to": False, "not": barred.ids})
        self._carry_delegation(before)

    def _carry_query_code(self, before):
        case, known = self.sudo(), before.sudo()
        if known.query_code_at and case._has_contact_of(known):
            code = {name: known[name] for name in ("query_code_hash", "query_code_at")}
            trusted(case).write(code)

    def _has_contact_of(self, before):
        """Return whether both cases have the same contact, by name and telephone."""
        case, known = self.sudo(), before.sudo()
        names = ("partner_id", "contact_name", "phone_normalized", "is_anonymous")
        return all(case[name] == known[name] for name in names)

    def _served_dispatches(self, role="lead"):
        """Dispatches of this round by which departments have led the work, or supported it."""
        return self.sudo().dispatch_ids.filtered(
            lambda row: (
                row.role == role
                and row.state in ("accepted", "finished")
                and row.handling_round == self.handling_round
            )
        )

    # -- wish ----------------------------------------------------------------------------------
    # Customers who asked for a call are called, unless they cancel it (S2.1.1 信守承诺).

    def _need_wished_call(self):
        if not self.sudo()._open_calls("requested"):
            return []
        words = self.env._(
            "the customer asked for a call: call them, or note that they no longer want it"
        )
        return [Missing(words, "action_open_callbacks")]

    def _clocks_met_by(self, kind):
        """Keep clocks of promised calls running: a written answer is no call."""
        clocks = super()._clocks_met_by(kind)
        promised = clocks.filtered(lambda clock: clock.kind == "promise")
        if not promised:
            return clocks
        waits = [("state", "=", "open"), ("kind", "=", "requested")]
        # sudo: water.callback - whether a call is open
        calls = self.env["water.callback"].sudo()
        calls = calls.search([*waits, ("deadline_id", "in", promised.ids)])
        return clocks - calls.deadline_id
