from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...base.moments import is_late, short_writer, span_text, until_text
from .water_standard_line import WORKING_UNITS

#: Colours of the calendar by level (numbers of Odoo's palette).
COLOURS = {"breached": 1, "soon": 2, "running": 10, "paused": 4, "met": 20, "void": 0}


class WaterDeadline(models.Model):
    """What screens, letters and the portal tell about a clock, in the reader's language."""

    _inherit = "water.deadline"

    explanation = fields.Char(compute="_compute_explanation")
    time_left = fields.Char(compute="_compute_time_left")
    is_late = fields.Boolean(compute="_compute_time_left", export_string_translation=False)
    color = fields.Integer(compute="_compute_color", export_string_translation=False)
    gross_minutes = fields.Integer(
        string="Time Taken",
        compute="_compute_minutes",
        store=True,
        precompute=True,
        readonly=False,  # as the copies of the case are
        aggregator="avg",
        help="Minutes from the start until the limit was met, pauses included.",
    )
    net_minutes = fields.Integer(
        string="Time Taken without Pauses",
        compute="_compute_minutes",
        store=True,
        precompute=True,
        readonly=False,  # as the copies of the case are
        aggregator="avg",
        help="Minutes from the start until the limit was met, pauses left out.",
    )

    @api.depends(lambda self: ("kind", "label", *self._case_models()))
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for clock in self:
            parts = (clock.case_name, kinds.get(clock.kind), clock.label)
            clock.display_name = " · ".join(part for part in parts if part)

    @api.model
    def _search_display_name(self, operator, value):
        names = [*(f"{name}.name" for name in self._case_models()), "label"]
        combine = Domain.AND if operator in Domain.NEGATIVE_OPERATORS else Domain.OR
        return combine([Domain(name, operator, value)] for name in names)

    @api.model
    def _copied_values(self, case, vals):
        """A clock that has just started has taken no time yet; nothing is to be worked out."""
        minutes = {} if vals.get("met_at") else {"gross_minutes": 0, "net_minutes": 0}
        return super()._copied_values(case, vals) | minutes

    @api.depends("started_at", "met_at", "paused_minutes")
    def _compute_minutes(self):
        for clock in self:
            span = clock.met_at - clock.started_at if clock.met_at else None
            gross = max(int(span.total_seconds() // 60), 0) if span else 0
            clock.gross_minutes = gross
            clock.net_minutes = max(gross - clock.paused_minutes, 0)

    @api.depends("due_at", "met_at", "state")
    @api.depends_context("lang")
    def _compute_time_left(self):
        now = fields.Datetime.now()
        for clock in self:
            runs = not clock.met_at and clock.state in ("running", "breached")
            clock.time_left = runs and until_text(self.env, clock.due_at, now)
            clock.is_late = runs and is_late(clock.due_at, now)

    @api.depends("state", "warned_at")
    def _compute_color(self):
        for clock in self:
            soon = clock.state == "running" and clock.warned_at
            clock.color = COLOURS["soon" if soon else clock.state]

    # -- how a limit came about -----------------------------------------------------------

    @api.depends("started_at", "due_at", "amount", "unit", "provisional", "paused_minutes")
    @api.depends_context("lang", "tz", "uid")
    def _compute_explanation(self):
        writers = {}
        for clock in self:
            tz = clock._zone()
            if tz not in writers:
                writers[tz] = short_writer(self.env, tz)
            clock.explanation = clock._explain(writers[tz])

    def _zone(self):
        # sudo: resource.calendar - only to read its time zone
        return self.sudo().calendar_id.tz

    def _explain(self, write=None):
        """How the limit came about, in whole sentences: the same for staff and customer.

        Times are those of the reader's time zone; one who has none reads the calendar's.

        :param write: of :func:`short_writer`, when many clocks are explained at once
        """
        write = write or short_writer(self.env, self._zone())
        parts = (self._explain_rule(write), *self._explain_more(write))
        # Chinese and Japanese put no space between sentences.
        glue = "" if (self.env.lang or "")[:2] in ("zh", "ja") else " "
        return glue.join(part for part in parts if part)

    def _explain_rule(self, write):
        texts = self._limit_texts_of_one() if self.amount == 1 else self._limit_texts()
        given = self.env._("Promised on %(start)s for %(due)s.")
        start, due = write(self.started_at), write(self.due_at)
        return texts.get(self.unit, given) % {
            "amount": f"{self.amount:g}",
            "start": start,
            "due": due,
        }

    @api.model
    def _limit_texts(self):
        return {
            "minute": self.env._("%(amount)s minutes from %(start)s, that is until %(due)s."),
            "hour": self.env._("%(amount)s hours from %(start)s, that is until %(due)s."),
            "working_hour": self.env._(
                "%(amount)s working hours from %(start)s, that is until %(due)s."
            ),
            "working_day": self.env._(
                "%(amount)s working days from %(start)s (that day not counted),"
                " until close of business on %(due)s."
            ),
            "calendar_day": self.env._("%(amount)s days from %(start)s, that is until %(due)s."),
        }

    @api.model
    def _limit_texts_of_one(self):
        return {
            "minute": self.env._("1 minute from %(start)s, that is until %(due)s."),
            "hour": self.env._("1 hour from %(start)s, that is until %(due)s."),
            "working_hour": self.env._("1 working hour from %(start)s, that is until %(due)s."),
            "working_day": self.env._(
                "1 working day from %(start)s (that day not counted),"
                " until close of business on %(due)s."
            ),
            "calendar_day": self.env._("1 day from %(start)s, that is until %(due)s."),
        }

    def _explain_more(self, write):
        """What else moved the limit or may still move it, as whole sentences."""
        if self.paused_minutes:
            span = span_text(self.env, self.paused_minutes)
            yield self.env._("Paused for %(span)s in between.", span=span)
        if self.planned_due_at and self.planned_due_at != self.due_at:
            yield self.env._("First limit: %(due)s.", due=write(self.planned_due_at))
        if self.unit in WORKING_UNITS:
            days_off = self.calendar_id._water_days_off(self.started_at, self.due_at)
            if days_off:
                names = self.env._(", ").join(days_off)
                yield self.env._("Days off in between: %(days)s.", days=names)
        if self.provisional:
            yield self.env._("Provisional: the holidays of that year are not announced yet.")

    # -- buttons ----------------------------------------------------------------------------

    def action_resume(self):
        """End the running pauses of these clocks before their time; the customer is told.

        :raises AccessError: by whoever may not write the case
        :raises UserError: when the clock is not paused
        """
        for clock in self:
            clock._case().check_access("write")
            if clock.state != "paused":
                raise UserError(self.env._("This clock is not paused."))
        self._resume()
        return True
