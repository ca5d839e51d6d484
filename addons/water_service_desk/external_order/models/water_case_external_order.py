from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...base import windows
from ...base.moments import is_late, short_writer
from ...base.roles import AGENT, SUPERVISOR
from ...base.scope import uses
from ...base.trust import is_trusted, trusted
from ...base.words import strip_invisible
from ...case.transitions import Missing, Move, Refusal
from ...clock.models.water_deadline import PENDING_STATES

#: Where a working day before the body's limit is over already: so many working hours before it.
HOURS_BEFORE = 2
YES_NO = [("yes", "Yes"), ("no", "No")]
#: The body's verdict about an order (三率); empty until known.
VERDICT = ("external_responded", "external_solved", "external_satisfied")


class WaterCaseMixin(models.AbstractModel):
    """An order of another body, such as the 12345 hotline (S3.2.1a).

    It has that body's number and is signed by the user who takes it (签收). It is answered to
    the body (回复) beside the answer to the customer, or returned within a limit (退回).
    """

    _name = "water.case.mixin"
    _inherit = ["water.case.mixin", "water.counted.limit.mixin"]

    _counted_limit = "external_return_until"
    _counted_open = (("external_state", "=", "open"),)
    _technical = frozenset({"external_ref", "external_source"})

    #: {(state, state): Move}: who takes which step of an order
    _external_moves = {
        ("open", "answered"): Move(AGENT),
        ("open", "returned"): Move(SUPERVISOR, ("_need_return_time",)),
        ("answered", "open"): Move(AGENT),
        ("returned", "open"): Move(AGENT),
    }
    #: {state of the case: states it goes through when its order is returned}
    _return_path = {}

    external_source = fields.Char(
        string="Forwarded by", help="The body that forwarded the case, such as 12345."
    )
    external_issuer = fields.Char(
        string="Issuing Body", help="Who issued the order there, such as the city's hotline centre."
    )
    external_ref = fields.Char(string="External Number", copy=False, index="trigram")
    external_signed_at = fields.Datetime(
        string="Signed on", readonly=True, copy=False, help="When our staff received the order."
    )
    external_signed_by_id = fields.Many2one(
        "res.users", string="Signed by", readonly=True, copy=False
    )
    external_return_until = fields.Datetime(
        string="Return until",
        compute="_compute_external_return_until",
        store=True,
        readonly=False,
        copy=False,
        help="An order that is not ours can be returned to the body until then.",
    )
    external_state = fields.Selection(
        [("open", "To answer"), ("answered", "Answered"), ("returned", "Given back")],
        string="External Order",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    external_return_reason = fields.Text(string="Why Returned", readonly=True, copy=False)
    external_return_basis = fields.Text(
        string="Legal Basis of the Return",
        readonly=True,
        copy=False,
        help="The law, rule or division of duties by which it is not ours.",
    )
    external_right_body = fields.Char(
        string="Rightly of",
        readonly=True,
        copy=False,
        help="The body or department whose matter it is.",
    )
    external_returned_at = fields.Datetime(string="Returned on", readonly=True, copy=False)
    external_answer = fields.Text(string="Answer to the Body", readonly=True, copy=False)
    external_answered_at = fields.Datetime(string="Answered on", readonly=True, copy=False)
    is_order_late = fields.Boolean(string="Order Overdue", compute="_compute_is_order_late")
    can_return_order = fields.Boolean(compute="_compute_can_order", export_string_translation=False)
    can_answer_order = fields.Boolean(compute="_compute_can_order", export_string_translation=False)

    _external_source_known = models.Constraint(
        "CHECK (external_ref IS NULL OR external_source IS NOT NULL)",
        "Name the body that the external number comes from.",
    )

    _clock_events = {
        "external_answered": ("external",),
        "external_signed": ("sign",),
    }

    external_due_at = fields.Datetime(
        string="External Limit",
        copy=False,
        help="The body's own limit; we answer one working day before it.",
    )
    is_own_order_limit = fields.Boolean(
        string="Limit by Our Rule",
        readonly=True,
        copy=False,
        help="The body has named no limit: ours holds.",
    )
    external_extended_on = fields.Date(
        string="Extended by the Body on",
        readonly=True,
        copy=False,
        help="The date of the paper with which the body has moved its limit.",
    )
    external_extension_ref = fields.Char(
        string="Paper of the Extension", readonly=True, copy=False, help="Its number or title."
    )
    can_extend_order = fields.Boolean(compute="_compute_can_order", export_string_translation=False)

    external_responded = fields.Selection(
        YES_NO, string="Responded", readonly=True, copy=False, help="By the body's own verdict."
    )
    external_solved = fields.Selection(
        YES_NO, string="Solved by the Body's Verdict", readonly=True, copy=False
    )
    external_satisfied = fields.Selection(
        YES_NO, string="Satisfied by the Body's Verdict", readonly=True, copy=False
    )
    external_verdict_note = fields.Text(string="What the Body Said", readonly=True, copy=False)
    external_verdict_on = fields.Date(string="Verdict of", readonly=True, copy=False)
    can_judge_order = fields.Boolean(compute="_compute_can_order", export_string_translation=False)

    def _leaves_questions_open(self):
        return super()._leaves_questions_open() or bool(self.external_ref)

    @api.depends("external_ref")
    def _compute_external_return_until(self):
        """Set two working days after receipt unless company or body say otherwise [C29]."""
        for case in self:
            until = case.external_ref and case.external_return_until
            if case.external_ref and not until:
                start, days, calendar = case._return_rule()
                until = calendar._water_due_at(start, days, "working_day")[0]
            case.external_return_until = until

    def _return_rule(self):
        company = self.company_id.sudo()
        return self.received_at, company.water_return_days, company._water_calendar()

    def _on_return_limit(self, before, vals):
        if not is_trusted(self.env):
            self._keep_return_rule()

    def _keep_return_rule(self):
        for case in self.filtered("external_return_until"):
            case._keep_count(*case._return_rule())

    @api.depends("external_state", "external_due_at")
    def _compute_is_order_late(self):
        now = fields.Datetime.now()
        for case in self:
            late = case.external_due_at and is_late(case.external_due_at, now)
            case.is_order_late = bool(late and case.external_state == "open")

    @api.depends("external_state", "stage_id")
    @api.depends_context("uid")
    def _compute_can_order(self):
        head = self.env.su or self.env.user.has_group(SUPERVISOR)
        desk = self.env.su or self.env.user.has_group(AGENT)
        for case in self:
            case.can_return_order = (
                case._may_order("returned")
                and case.state in case._return_path
                and not case._need_return_time()
            )
            case.can_answer_order = case._may_order("answered")
            case.can_extend_order = head and case.external_state == "open"
            case.can_judge_order = desk and case.external_state in ("open", "answered")
            case.can_rehandle_order = case._may_order("open")

    def _may_order(self, target):
        move = self._external_moves.get((self.external_state, target))
        return bool(move) and self._may_take(move)

    # -- requirements ----------------------------------------------------------------------

    def _need_external_answer(self):
        """An order with a number is answered to its body before the case is closed."""
        if self.external_ref and self.external_state == "open":
            words = self.env._("answer the order of %s first", self.external_source)
            return [Missing(words, "action_answer_order")]
        return []

    def _need_return_time(self):
        limit = self.external_return_until
        if limit and limit < fields.Datetime.now():
            words = self.env._("the time to return it is over since %s", self._local_time(limit))
            return [Missing(words, "external_due_at")]
        return []

    def _local_time(self, moment):
        return short_writer(self.env, self.company_id._water_tz())(moment)

    def _check_order_move(self, target):
        """Check that the table allows the user this step now.

        :raises UserError: with what is missing
        """
        for case in self:
            move = case._external_moves.get((case.external_state, target))
            if move is None:
                raise UserError(self.env._("%s: this step of the order is not due.", case.name))
            if not case._may_take(move):
                raise UserError(self.env._("This step is for: %s.", case._group_names(move.groups)))
            missing = [text for need in move.needs for text in getattr(case, need)()]
            if missing:
                raise Refusal(case.name, case, missing)

    # -- steps -----------------------------------------------------------------------------

    def _return_order(self, reason, basis=None, right_body=None):
        """The matter is not ours: give the order back to its body (退回), ending the case.

        A body sends on only what says by which rule it is not ours, and whose it is.

        :param reason: told to the body, required
        :param basis: law, rule or division of duties by which it is not ours, required
        :param right_body: body or department whose matter it is, required
        :raises UserError: too late, too far on, without one of them, or below supervisor
        """
        self._check_order_text(reason, self.env._("Say why the order is returned."))
        self._check_order_text(basis, self.env._("Name the legal basis of the return."))
        self._check_order_text(
            right_body, self.env._("Name the body or department whose matter it is.")
        )
        self._check_order_move("returned")
        for case in self:
            if case.state not in case._return_path:
                raise UserError(self.env._("%s: it is too far on to be returned.", case.name))
            case._prepare_return(reason)
            trusted(case).write(
                {
                    "external_state": "returned",
                    "external_return_reason": reason,
                    "external_return_basis": basis,
                    "external_right_body": right_body,
                    "external_returned_at": fields.Datetime.now(),
                }
            )
            payload = {"source": case.external_source or "", "reason": reason}
            payload |= {"basis": basis, "right_body": right_body}
            case._log_events("external_returned", payload)
            for state in case._return_path[case.state]:
                case._move_to(state)

    def _prepare_return(self, reason):
        """Hook: check and prepare the return of the order."""

    def _stage_words(self):
        if self.state == "withdrawn" and self.external_state == "returned":
            return self.env._("Another body is in charge of it: we have given it back.")
        return super()._stage_words()

    def _answer_order(self, text):
        """Answer the order to its body (回复): meets the external clock.

        :param text: the answer, required
        """
        self._check_signed("order", text)
        self._check_order_text(text, self.env._("Write what the body is told."))
        self._check_order_move("answered")
        now = fields.Datetime.now()
        trusted(self).write(
            {"external_state": "answered", "external_answer": text, "external_answered_at": now}
        )
        self._log_events(
            "external_answered",
            {
                case.id: {
                    "source": case.external_source or "",
                    "result": text,
                    "round": case.handling_round,
                }
                for case in self
            },
        )

    # -- taking it -------------------------------------------------------------------------

    def action_take(self):
        """Take the cases; taking an order signs it (签收)."""
        done = super().action_take()
        self._sign_orders()
        return done

    def _sign_orders(self):
        """The first who takes an order signs it for the house, once in each round."""
        mine = self.filtered(
            lambda case: (
                case.external_state == "open"
                and not case.external_signed_at
                and case.first_responsible_id
                and case.first_responsible_id == self.env.user
            )
        )
        mine._sign()

    def _sign(self):
        if self:
            now = fields.Datetime.now()
            trusted(self).write({"external_signed_at": now, "external_signed_by_id": self.env.uid})
            rounds = {case.id: {"round": case.handling_round} for case in self}
            self._log_events("external_signed", rounds)

    def _check_order_text(self, text, complaint):
        self.check_access("write")
        if not strip_invisible(text):
            raise UserError(complaint)

    # -- buttons and the interface ---------------------------------------------------------

    def action_return_order(self):
        """Open the dialog that returns an order to its body."""
        return self._order_dialog("return", self.env._("Return the Order"))

    def action_open_order(self):
        """Open the facts of the order, with the steps towards its body."""
        return self._open_part("order", self.env._("External Order"))

    def action_answer_order(self):
        """Open the dialog that answers an order to its body."""
        return self._order_dialog("answer", self.env._("Answer the Order"))

    def _order_dialog(self, kind, title):
        text = self._draft_answer() if kind == "answer" and len(self) == 1 else False
        return self._dialog("water.external.wizard", title, default_kind=kind, default_text=text)

    def _draft_answer(self):
        return False

    def _form_action(self):
        return windows.form(self)

    @api.model
    def import_orders(self, orders=None, source="12345"):
        """Register orders of another body, once each: calling again changes nothing.

        For integrations (``/json/2/<model>/import_orders``), in their channels alone, and agents;
        at most 500 at a time.

        :param orders: list of {field: text}; ``external_ref`` and ``description`` are needed, times
            are ISO 8601, without an offset in the company's time zone
        :param source: the body, unless an order names its own
        :raises AccessError: for anyone else
        :raises UserError: if it is no list of orders
        :return: for each order ``row``, ``external_ref``, ``result`` (created, unchanged, error),
            ``case`` (number) and ``reason``
        """
        service, channels = self.env["water.order.import"]._for_importer(self)
        if not uses(self.env, "water_service_desk.group_use_orders"):
            raise UserError(self.env._("Orders of other bodies are switched off."))
        if not isinstance(orders, list) or not all(isinstance(row, dict) for row in orders):
            raise UserError(self.env._("Give the orders as a list of objects."))
        if len(orders) > 500:
            raise UserError(self.env._("At most %s orders at a time.", 500))
        results = service._import(orders, {"external_source": source}, self._name, channels)
        return [{key: row[key] for key in row if key not in ("id", "model")} for row in results]

    @api.model
    def _prepare_order(self, vals_list):
        for vals in vals_list:
            if vals.get("external_ref") or vals.get("external_due_at"):
                vals["external_state"] = "open"

    def _on_order(self, before, vals):
        """A number or a limit of another body makes an order of the case, and starts its clock."""
        if vals.get("external_ref") or vals.get("external_due_at"):
            fresh = self.filtered(lambda case: not case.external_state)
            trusted(fresh).write({"external_state": "open"})
            fresh._keep_return_rule()
            if not is_trusted(self.env):
                self._sign_orders()
        if vals.get("external_due_at"):
            self.filtered(lambda case: case.external_state == "open")._start_external_clock()
        if vals.get("external_ref"):
            self._start_sign_clock()

    # -- limit ---------------------------------------------------------------------------------
    # The limit of the body that forwarded a case: ours lies before it, and never passes it.
    #
    # We answer one working day before it (12345 practice, C29). The body alone moves its limit, on
    # record with the date and the number of its paper.

    def _check_write(self, vals):
        super()._check_write(vals)
        self._check_external_limit(vals)

    def _check_external_limit(self, vals):
        """Let only supervisors move a body's limit, since a clock depends on it.

        :raises UserError: by anyone below supervisor, or for a later limit by hand
        """
        if self.env.su:
            return
        new = {
            name: fields.Datetime.to_datetime(vals[name]) or False
            for name in ("external_due_at", "external_return_until")
            if name in vals
        }
        moved = any(case[name] and case[name] != new[name] for case in self for name in new)
        if moved and not self.env.user.has_group(SUPERVISOR):
            raise UserError(
                self.env._("Only a supervisor changes the limit that a forwarding body has set.")
            )
        due = new.get("external_due_at")
        kept = self.filtered("external_due_at") if "external_due_at" in new else self.browse()
        if any(not due or due > case.external_due_at for case in kept):
            raise UserError(
                self.env._(
                    "Only the referring body can extend its limit: record its extension with the "
                    "date and the number of its letter (button “Extension of the Body”)."
                )
            )

    def _extend_order(self, due, day, paper):
        """Record a limit moved by the body, with date and number of its paper.

        :param due: naive UTC, the body's new limit
        :param day: date of the paper, not in the future
        :param paper: its number or title
        :raises UserError: by anyone below supervisor, without a paper, or without an open order
        :raises ValidationError: for a limit that is no extension, or a future paper
        """
        self._check_order_text(paper, self.env._("Name the paper of the body's extension."))
        if not (self.env.su or self.env.user.has_group(SUPERVISOR)):
            raise UserError(self.env._("Only a supervisor records an extension of the body."))
        for case in self:
            if not day or day > case.company_id._water_today():
                raise ValidationError(
                    self.env._("Give the date of the paper, today at the latest.")
                )
            old = case.external_due_at
            if case.external_state != "open" or not old:
                raise UserError(self.env._("%s: this step of the order is not due.", case.name))
            if not due or due <= max(old, fields.Datetime.now()):
                raise ValidationError(self.env._("The new limit must lie after the old one."))
            papers = {"external_extended_on": day, "external_extension_ref": paper}
            trusted(case).write({**papers, "external_due_at": due, "is_own_order_limit": False})
            payload = {"old": old.isoformat(), "due": due.isoformat(), "day": day.isoformat()}
            case._log_events("external_extended", {**payload, "number": paper})

    def _body_waits(self):
        return self.external_state == "open"

    def _body_limit(self):
        binds = self.external_state == "open" and not self.is_own_order_limit
        return binds and self.external_due_at

    # -- clocks ------------------------------------------------------------------------------

    def _start_first_clocks(self):
        super()._start_first_clocks()
        self._start_sign_clock()

    def _first_clock_rows(self):
        orders = self.filtered("external_due_at")
        return super()._first_clock_rows() + orders._external_clock_rows()

    def _clocks_met_by(self, kind):
        """Keep the clocks of orders running: only the answer to the body meets them."""
        clocks = super()._clocks_met_by(kind)
        if kind != "external_answered":
            clocks -= self.filtered("external_ref").sudo()._external_clocks()
        return clocks

    def _clocks_of_case(self):
        """Keep the clocks of orders when the customer withdraws."""
        return super()._clocks_of_case() - self._waiting_bodies()

    def _clocks_of_work(self):
        return super()._clocks_of_work() - self.sudo()._external_clocks()

    def _waiting_bodies(self):
        waiting = self.filtered(lambda case: case.external_ref and case.external_state == "open")
        return waiting.sudo()._external_clocks()

    def _start_external_clock(self):
        rows = self._external_clock_rows()
        self.sudo()._external_clocks()._void()
        self.env["water.deadline"]._start(rows)

    def _external_clock_rows(self):
        return [
            {
                **case._given_clock("external", case._order_due(), case.external_source),
                "body_due_at": case.external_due_at,
                "calendar_id": case._order_calendar().id,
                "provisional": case._is_order_provisional(),
            }
            for case in self.sudo()
        ]

    def _order_calendar(self):
        own = self.is_own_order_limit and self._external_clocks()[:1].calendar_id
        return own or self.company_id.sudo()._water_calendar()

    def _is_order_provisional(self):
        """Return whether our limit depends on days not announced yet."""
        if not self.is_own_order_limit:
            return self._order_calendar()._water_is_unknown(self.external_due_at)
        return self._own_order_limit()[1]

    def _follow_order_days(self):
        """Recompute limits after a change of the calendar."""
        for case in self.filtered(lambda row: row.external_state == "open"):
            if not case.is_own_order_limit:
                for clock in case._external_clocks():
                    clock._follow_body(case.external_due_at, case.received_at)
                continue
            due, provisional = case._own_order_limit()
            if due != case.external_due_at:
                trusted(case).external_due_at = due  # its clock begins anew
            for clock in case._external_clocks():
                clock._follow_order(due, provisional)

    def _order_due(self):
        """Until when we answer the order (naive UTC): never in the past, never after the body's.

        One working day before the body's limit. Where that is over already, two working hours
        before it, and never less than half of the time that is left.
        """
        limit = self.external_due_at
        return limit if self.is_own_order_limit else self._before_body(limit, self.received_at)

    def _before_body(self, limit, received):
        """Our own limit where a body waits until ``limit`` for what came in at ``received``.

        The close of the working day before, even minutes after receipt: that is the bodies' rule
        (C29). Only where it is over already the body's own time is shared.
        """
        calendar, now = self.company_id._water_calendar(), fields.Datetime.now()
        day_before = calendar._water_day_before(limit)
        if day_before > max(now, received) or limit <= now:
            return day_before if limit > now else limit
        half = now + timedelta(seconds=int((limit - now).total_seconds()) // 2)
        return max(half, calendar._water_hours_before(limit, HOURS_BEFORE))

    def _external_clocks(self):
        return self._open_clocks().filtered_domain([("kind", "=", "external")])

    def _promised_bodies(self):
        """Until when bodies wait for an answer."""
        return [row.due_at for row in self._external_clocks() if row.state in PENDING_STATES]

    # -- verdict -------------------------------------------------------------------------------
    # The body's findings from the customer (响应、解决、满意): the three rates (C62).

    def _keep_verdict(self, responded, solved, satisfied, note, day):
        """Record the body's verdict about the present round.

        :param responded: ``yes``, ``no`` or False if unknown; one of the three is required
        :param solved: likewise
        :param satisfied: likewise
        :param note: the body's words
        :param day: date of the verdict, not in the future
        :raises UserError: by anyone but the desk, without an order, or without a value
        :raises ValidationError: without a date, or with a future one
        """
        self.check_access("write")
        answers = dict(zip(VERDICT, (responded, solved, satisfied), strict=True))
        if not any(answers.values()):
            raise UserError(self.env._("Choose what the body has found."))
        for case in self:
            if not day or day > case.company_id._water_today():
                raise ValidationError(
                    self.env._("Give the date of the verdict, today at the latest.")
                )
            if not case.can_judge_order:
                raise UserError(self.env._("%s: this step of the order is not due.", case.name))
            values = {**answers, "external_verdict_note": note, "external_verdict_on": day}
            trusted(case).write(values)
            if not case._is_sealed_off():
                payload = {name.removeprefix("external_"): answers[name] or "" for name in VERDICT}
                payload |= {"note": note or "", "day": day.isoformat()}
                case._log_events("external_judged", {**payload, "round": case.handling_round})

    def _blank_verdict(self):
        """Return empty values for the next round; the chain has the earlier verdict."""
        return dict.fromkeys((*VERDICT, "external_verdict_note", "external_verdict_on"), False)

    def action_judge_order(self):
        """Open the dialog that keeps the body's verdict."""
        return self._order_dialog("judge", self.env._("Verdict of the Body"))

    def action_extend_order(self):
        """Open the dialog that keeps an extension by the body."""
        return self._order_dialog("extend", self.env._("Extension of the Body"))

    # -- signing -------------------------------------------------------------------------------
    # Signing an order has a clock of its own where its body gives a limit for it (domain 3.4).

    def _start_sign_clock(self):
        rows = []
        for case in self.sudo().filtered(lambda row: row._waits_for_signing()):
            limit = timedelta(minutes=case.channel_id.sign_minutes)
            rows.append(case._given_clock("sign", case.received_at + limit, case.external_source))
        self.env["water.deadline"]._start(rows)

    def _waits_for_signing(self):
        runs = "sign" in self.deadline_ids.mapped("kind")
        unsigned = self.external_state == "open" and not self.external_signed_at
        return unsigned and not runs and self.channel_id.sign_minutes > 0

    def _hand_over(self, user, reason):
        """Sign an order by assigning it."""
        super()._hand_over(user, reason)
        self._sign_taken()

    def _sign_taken(self):
        """Sign orders that someone was assigned to."""
        self.filtered(
            lambda case: case.external_state == "open" and not case.external_signed_at
        )._sign()
