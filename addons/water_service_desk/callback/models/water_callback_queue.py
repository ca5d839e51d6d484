from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...base.moments import hours_text, short_writer
from ...base.true_only import true_only
from ...base.trust import trusted
from ..call_window import ALL_DAY, common_hours, is_open, local_hour, next_open
from .water_case_mixin import WISH_SLOT

#: A wish for a certain time holds from a little before it until an hour later.
WISH_EARLY = timedelta(minutes=10)
WISH_SPAN = timedelta(hours=1)
#: A call that began in time may be written down a little after the hours have ended.
LATE_NOTE = timedelta(minutes=15)


class WaterCallback(models.Model):
    """When a customer may be called, and who is next (S3.2.4a).

    Three things decide: the hours the customer likes, the company's calling hours (quiet hours
    are the rest of the day), and the time he has asked for, which goes before both. Hours are
    those of the time zone of the company's calendar; moments are naive UTC.
    """

    _inherit = "water.callback"

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
        """Whether it may be noted how a try went: as long as one may call, and a little longer."""
        now = fields.Datetime.now()
        for row in self:
            row.can_note = row.can_call and row._may_note(now)

    def _may_note(self, moment):
        return self._may_call(moment) or self._may_call(moment - LATE_NOTE)

    @api.depends("call_from", "call_until")
    @api.depends_context("lang")
    def _compute_call_hours(self):
        """In words: where nobody has said a time, no hours are shown."""
        for row in self:
            hours = row.call_from, row.call_until
            any_time = hours == ALL_DAY
            row.call_hours = self.env._("Any time") if any_time else hours_text(*hours)

    def _quiet_text(self, now):
        """Why nobody calls now, and when one may; the reader's language and time."""
        moment = max(self.next_attempt_at or now, self._first_moment(now))
        when = short_writer(self.env, self.company_id._water_tz())(moment)
        return self.env._("Not to be called before %s.", when)

    @api.model
    @true_only
    def _search_is_callable(self):
        """One range of the queue's index, whatever the number of calls already made."""
        now = fields.Datetime.now()
        # sudo: res.company - calling hours and time zone of the user's own companies
        companies = self.env.companies.sudo()
        allowed = Domain.OR(self._callable_in(company, now) for company in companies)
        return Domain("state", "=", "open") & Domain("next_attempt_at", "<=", now) & allowed

    @api.model
    def _callable_in(self, company, now):
        """The calls of one company that its clock permits now, as a domain."""
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
        """``(time zone, hours)`` in which this customer may be called without a wish."""
        company = self.company_id.sudo()
        wish = self.call_from, self.call_until
        return company._water_tz(), common_hours(wish, company._water_call_hours())

    def _may_call(self, moment):
        """Whether the customer may be called at ``moment`` (naive UTC)."""
        wished = self.wished_at
        if wished and wished - WISH_EARLY <= moment < wished + WISH_SPAN:
            return True
        return is_open(moment, *self._hours())

    def _first_moment(self, moment):
        """``moment`` (naive UTC) within the hours, else when they begin again."""
        return next_open(moment, *self._hours())

    def _check_hours(self, moment):
        """Refuse a call in quiet hours that the customer has not asked for.

        :raises UserError: with the hours in which he may be called
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
        """Whether a try may be noted now.

        :raises UserError: in quiet hours, by a handler of the case, or after the end
        """
        for call in self:
            call._check_open()
            call._check_caller()
            call._check_hours(fields.Datetime.now())

    def _on_attempt(self, attempt):
        """A try was made: keep it with the case, and see when the next one is due.

        :param attempt: one water.callback.attempt of this call
        """
        payload = {"result": attempt.result, "note": attempt.note or ""}
        self._case()._log_events("callback_attempt", payload)
        self.sudo().deadline_id._meet(attempt.at)  # called when promised, reached or not
        if attempt.result == "later":
            self._call_again(attempt)
        elif attempt.result != "reached":
            self._try_again(attempt)

    def _call_again(self, attempt):
        """The customer has answered, and wants to talk at another time."""
        if attempt.again_at:
            values = {"wished_at": attempt.again_at, "next_attempt_at": attempt.again_at}
            values |= self._promise_again(attempt.again_at)
        else:
            values = {"next_attempt_at": self._after(attempt, 1)}
        trusted(self.sudo()).write(values)

    def _promise_again(self, moment):
        """Another time was agreed on: that is promised as the first one was (S2.1.1 信守承诺).

        :param moment: naive UTC moment for which the customer has asked
        """
        case, due = self._case().sudo(), moment + WISH_SLOT
        text = self.note or self.env._("Call the customer back")
        values = case._given_clock("promise", due, text) | {"promise_kind": "contact"}
        clock = self.env["water.deadline"]._start([values])
        case.with_env(self.env)._log_events("promised", {"text": text, "due": due.isoformat()})
        call_due = {"due_at": due} if self.kind == "requested" else {}
        return {"deadline_id": clock.id, **call_due}

    def _try_again(self, attempt):
        """Nobody answered: later again, until the tries are used up."""
        tries = self.attempt_ids.filtered(lambda row: row.result not in ("reached", "later"))
        if len(tries) >= self._max_attempts():
            trusted(self.sudo()).outcome = "unreachable"
            self._finish()
        else:
            trusted(self.sudo()).next_attempt_at = self._after(attempt, len(tries))

    def _is_hasty(self):
        """Whether all its tries lie closer together than the shortest wait after one in vain."""
        moments = self.attempt_ids.mapped("at")
        wait = timedelta(minutes=self.env["water.callback.retry"]._least_minutes())
        return len(moments) > 1 and max(moments) - min(moments) < wait

    def _after(self, attempt, count):
        """When to call after the ``count``-th try in vain, within the hours (naive UTC)."""
        minutes = self.env["water.callback.retry"]._minutes(attempt.result, count)
        return self._first_moment(attempt.at + timedelta(minutes=minutes))

    def _max_attempts(self):
        """Tries before a customer counts as unreachable (S2.3.3a)."""
        return self.company_id.sudo().water_call_attempts
