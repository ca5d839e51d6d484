from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from ...base.roles import SUPERVISOR
from ...base.trust import trusted
from ...clock.models.water_deadline import PENDING_STATES

#: Where a working day before the body's limit is over already: so many working hours before it.
HOURS_BEFORE = 2


class WaterCaseMixin(models.AbstractModel):
    """The limit of the body that forwarded a case: ours lies before it, and never passes it.

    We answer one working day before it (12345 practice, C29). The body alone moves its limit, on
    record with the date and the number of its paper.
    """

    _inherit = "water.case.mixin"

    _clock_events = {"external_answered": ("external",)}

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

    def _compute_can_order(self):
        super()._compute_can_order()
        head = self.env.su or self.env.user.has_group(SUPERVISOR)
        for case in self:
            case.can_extend_order = head and case.external_state == "open"

    def _check_write(self, vals):
        super()._check_write(vals)
        self._check_external_limit(vals)

    def _check_external_limit(self, vals):
        """A clock runs by the limit of a forwarding body: moving it is no agent's affair.

        :raises UserError: by anybody below supervisor, or when it moves later by hand
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
                    "The body alone moves its limit: record its extension with the date and the"
                    " number of its paper (button “Extension of the Body”)."
                )
            )

    def _extend_order(self, due, day, paper):
        """The body has moved its limit: on record with the date and number of its paper.

        :param due: naive UTC, the body's new limit
        :param day: date of the paper, not in the future
        :param paper: its number or title
        :raises UserError: by anybody below supervisor, without a paper, or for no open order
        :raises ValidationError: for a limit that is no extension, or a paper of tomorrow
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
        """The limit that our own must not pass, or nothing."""
        binds = self.external_state == "open" and not self.is_own_order_limit
        return binds and self.external_due_at

    # -- clocks ------------------------------------------------------------------------------

    def _start_first_clocks(self):
        super()._start_first_clocks()
        self.filtered("external_due_at")._start_external_clock()

    def _clocks_met_by(self, kind):
        """An order is answered to its body, not by the way."""
        clocks = super()._clocks_met_by(kind)
        if kind != "external_answered":
            clocks -= self.filtered("external_ref").sudo()._external_clocks()
        return clocks

    def _clocks_of_case(self):
        """A customer who no longer asks does not answer the order."""
        return super()._clocks_of_case() - self._waiting_bodies()

    def _clocks_of_work(self):
        """The body waits for its answer though the work is done."""
        return super()._clocks_of_work() - self.sudo()._external_clocks()

    def _waiting_bodies(self):
        """Clocks of orders that are not answered."""
        waiting = self.filtered(lambda case: case.external_ref and case.external_state == "open")
        return waiting.sudo()._external_clocks()

    def _start_external_clock(self):
        rows = []
        for case in self.sudo():
            values = case._given_clock("external", case._order_due(), case.external_source)
            body = {"body_due_at": case.external_due_at}
            body |= {"calendar_id": case._order_calendar().id}
            rows.append({**values, **body, "provisional": case._is_order_provisional()})
            case._external_clocks()._void()
        self.env["water.deadline"]._start(rows)

    def _order_calendar(self):
        """The hours by which our own rule has given the limit, as long as it runs; the office's."""
        own = self.is_own_order_limit and self._external_clocks()[:1].calendar_id
        return own or self.company_id.sudo()._water_calendar()

    def _is_order_provisional(self):
        """Whether our limit rests on days of which nobody knows yet whether people work."""
        if not self.is_own_order_limit:
            return self._order_calendar()._water_is_unknown(self.external_due_at)
        return self._own_order_limit()[1]

    def _follow_order_days(self):
        """The calendar has changed: what was counted by it is counted again."""
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
        """Open clocks that another body waits for."""
        return self._open_clocks().filtered(lambda clock: clock.kind == "external")

    def _promised_bodies(self):
        """Until when bodies wait for an answer."""
        waiting = self._external_clocks().filtered(lambda row: row.state in PENDING_STATES)
        return waiting.mapped("due_at")

    def _promised_limits(self):
        return super()._promised_limits() + self._promised_bodies()

    def _limits_counted_on(self):
        return super()._limits_counted_on() + self._promised_bodies()

    def _compute_promised_at(self):
        """What the body was promised, the customer is: the earlier of the two holds."""
        super()._compute_promised_at()
        for case in self:
            dates = [case.promised_at, *case._promised_bodies()]
            case.promised_at = min(filter(None, dates), default=False)
