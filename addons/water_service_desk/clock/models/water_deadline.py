from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...base.moments import is_late, short_writer, span_text, until_text
from ...base.tables import table, table_of
from ...base.trust import trusted
from .water_standard_line import AFTER_CLOSING, CLOCK_KINDS, UNITS, WORKING_UNITS

#: promises, which decide the event that meets the clock
PROMISE_KINDS = [
    ("result", "The result"),
    ("contact", "A call or message"),
    ("visit", "A visit"),
    ("other", "Something else"),
]
#: States of a clock whose work is still to be done.
PENDING_STATES = ("running", "breached")
#: given by people, even at the closing: they go on after it
GIVEN = ("promise", "work")


def _case_columns(registry):
    deadlines = registry["water.deadline"]
    return [name for name in table_of(deadlines, "_case_links") if name in deadlines._fields]


#: Colours of the calendar by level (numbers of Odoo's palette).
COLOURS = {"breached": 1, "soon": 2, "running": 10, "paused": 4, "met": 20, "void": 0}
#: Cards of one column; the head of the column tells how many there are in all.
CARD_LIMIT = 40
#: counting stops here, so that large boards cost no more than small ones
COUNT_LIMIT = 1000
#: filters of the board
CHOICES = ("department_id", "kind", "zone_id")


class WaterDeadline(models.Model):
    """One clock of one case, set and met by events (S3.1.2).

    The promise of the standard is copied when the clock starts: later editions leave it alone.
    """

    _name = "water.deadline"
    _inherit = ["water.sent.mixin", "water.readonly.mixin", "water.case.link.mixin", "water.mixin"]
    _description = "Time Limit"
    _dossier_order = 80
    _dossier = (
        "kind",
        "label",
        "state",
        "started_at",
        "due_at",
        "planned_due_at",
        "warned_at",
        "met_at",
        "breached_at",
        "breached_department_id",
        "breached_user_id",
        "breach_reason",
        "breach_note",
        "breach_by_id",
        "excuse_state",
        "excuse_by_id",
        "handling_round",
        "paused_minutes",
        "provisional",
        "promised_provisional",
        "explanation",
        "pause_ids",
    )
    _order = "due_at, id"
    _rec_name = "label"
    _allow_sudo_commands = False

    kind = fields.Selection(CLOCK_KINDS, required=True, readonly=True)
    promise_kind = fields.Selection(PROMISE_KINDS, readonly=True, help="What keeps the promise.")
    label = fields.Char(readonly=True, help="What was promised, in the words used.")
    standard_line_id = fields.Many2one(
        "water.standard.line", readonly=True, ondelete="set null", index="btree_not_null"
    )
    amount = fields.Float(readonly=True)
    unit = fields.Selection(UNITS, readonly=True)
    calendar_id = fields.Many2one("resource.calendar", readonly=True)
    started_at = fields.Datetime(required=True, readonly=True)
    warn_at = fields.Datetime(readonly=True)
    warned_at = fields.Datetime(readonly=True)
    due_at = fields.Datetime(required=True, readonly=True, index=True)
    planned_due_at = fields.Datetime(
        string="Original Limit", readonly=True, help="Before any pause or extension."
    )
    pause_ids = fields.One2many("water.deadline.pause", "deadline_id", string="Pauses")
    provisional = fields.Boolean(
        readonly=True, help="The limit reaches a year whose holidays are not known yet."
    )
    promised_provisional = fields.Boolean(
        string="Promised as Provisional",
        readonly=True,
        help="The limit in force was provisional when it was promised: it costs no penalty.",
    )
    moved_from = fields.Datetime(
        readonly=True,
        copy=False,
        help="The limit that the customer was told, moved since by the calendar and not told yet.",
    )
    is_dropped = fields.Boolean(
        readonly=True, help="The standard that holds now does not promise it; another one may."
    )
    met_at = fields.Datetime(readonly=True)
    breached_at = fields.Datetime(readonly=True)
    paused_minutes = fields.Integer(readonly=True)
    state = fields.Selection(
        [
            ("running", "Running"),
            ("paused", "Paused"),
            ("met", "Met"),
            ("breached", "Exceeded"),
            ("void", "Not applicable"),
        ],
        required=True,
        readonly=True,
        default="running",
    )
    next_check_at = fields.Datetime(
        readonly=True, help="When the sweep has to look at this clock again."
    )
    department_id = fields.Many2one(
        "water.department",
        compute="_compute_department",
        store=True,
        precompute=True,
        readonly=False,  # as the other copies, see water.case.link.mixin
        index="btree_not_null",
    )
    sent_to = fields.Char(compute="_compute_sent_to", store=True, precompute=True, readonly=False)
    user_id = fields.Many2one("res.users", compute="_compute_owner", compute_sudo=True)
    # for the duty board alone: still to be done
    is_pending = fields.Boolean(
        compute="_compute_is_pending",
        store=True,
        precompute=True,
        readonly=False,
    )

    _next_check_idx = models.Index("(next_check_at) WHERE next_check_at IS NOT NULL")
    _provisional_idx = models.Index("(state) WHERE provisional")
    # For the duty board: in its order, counted and ruled upon without a look at the table. The
    # conditions of partial indexes are written as the ORM writes them, or they are not used.
    _pending_idx = models.Index(
        lambda registry: (
            "(due_at, id) INCLUDE (company_id, is_restricted, sent_to, "
            f"{', '.join(_case_columns(registry))}) WHERE is_pending IS TRUE"
        )
    )

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

    zone_id = fields.Many2one(
        "water.zone",
        string="Supply Zone",
        compute="_compute_zone",
        store=True,
        precompute=True,
        readonly=False,  # or the ORM would drop the copy that create() has ready
        index="btree_not_null",
    )

    _case_copies = frozenset({"department_id", "is_pending", "sent_to", "zone_id"})
    #: links to the work that a clock limits: the clock is of the department that does it
    _work_links = ()
    #: links to what goes on when the case is closed
    _lasting_links = ()

    @api.model
    @tools.ormcache()
    def _other_links(self):
        return table(self, "_work_links"), table(self, "_lasting_links")

    @api.model
    def _copied_values(self, case, vals):
        runs = not vals.get("met_at") and vals.get("state", "running") in PENDING_STATES
        work, lasting = self._other_links()
        rows = [(self._fields[link].comodel_name, vals[link]) for link in work if vals.get(link)]
        departments = [self.env[name].browse(row).department_id for name, row in rows]
        lasts = any([vals.get(link) for link in lasting])
        minutes = {} if vals.get("met_at") else {"gross_minutes": 0, "net_minutes": 0}
        return super()._copied_values(case, vals) | {
            "department_id": next(filter(None, departments), case.department_id).id,
            "handling_round": case.handling_round,
            "zone_id": case.zone_id.id,
            "sent_to": case.sent_to,
            "promised_provisional": bool(vals.get("provisional")),
            "is_pending": runs
            and (lasts or self._goes_on(vals["kind"], vals.get("started_at"), case)),
            **minutes,
        }

    @api.model
    def _readonly_message(self):
        return self.env._("Time limits are set by what happens to a case, not by hand.")

    @api.depends(
        lambda self: [
            f"{name}.department_id" for name in (*self._case_models(), *self._other_links()[0])
        ]
    )
    def _compute_department(self):
        for clock in self:
            departments = [clock[link].department_id for link in self._other_links()[0]]
            clock.department_id = next(filter(None, departments), clock._case().department_id)

    @api.depends(lambda self: self._case_paths("sent_to"))
    def _compute_sent_to(self):
        for clock in self:
            case = clock._case_or_none()  # none while an upgrade has not loaded complaints yet
            clock.sent_to = case is not None and case.sent_to

    @api.depends(lambda self: tuple(self._case_models()), "dispatch_id.accepted_by_id")
    def _compute_owner(self):
        for clock in self:
            case = clock._case()
            answers = case._acting_responsible() or case.first_responsible_id
            worker = case.user_id or answers
            clock.user_id = clock.dispatch_id.accepted_by_id if clock.dispatch_id else worker

    @api.depends(
        lambda self: [
            *("kind", "state", "met_at", "started_at"),
            *self._case_paths("closed_at"),
            *self._other_links()[1],
        ]
    )
    def _compute_is_pending(self):
        for clock in self:
            runs = not clock.met_at and clock.state in PENDING_STATES
            lasts = any([clock[link] for link in self._other_links()[1]])
            goes_on = lasts or self._goes_on(clock.kind, clock.started_at, clock._case())
            clock.is_pending = runs and goes_on

    @api.model
    def _goes_on(self, kind, started_at, case):
        """Tell whether the clock runs after the closing: by its kind, or because it began later.

        Promises, plans and work given after the closing are still to be done.
        """
        closed_at = case.closed_at
        if kind in AFTER_CLOSING or not (closed_at and started_at):
            return kind in AFTER_CLOSING or not closed_at
        return started_at > closed_at or (started_at == closed_at and kind in GIVEN)

    def _promises_result(self):
        """Whether the customer can count on the result by then."""
        told = self.kind == "promise" and self.promise_kind in (False, "result")
        given = told or self.kind == "close"
        return given and self.state != "void" and not self._is_appointment()

    def _summary(self):
        states = set(self.mapped("state"))
        if "breached" in states:
            return "breached"
        if "running" in states:
            warned = [clock.warned_at for clock in self if clock.state == "running"]
            return "soon" if any(warned) else "ok"
        return "paused" if states else "none"

    # -- what events do to clocks ---------------------------------------------------------

    def _meet(self, at):
        """Meet the clocks at ``at`` (naive UTC); late is late for good.

        During a pause the limit counts as the pause moves it.
        """
        if not self:
            return
        clocks, late = self.sudo(), self.browse()
        clocks.filtered(lambda clock: clock.state == "paused")._resume(at, goes_on=False)
        ended = clocks.filtered(lambda clock: not clock.met_at and clock.state != "void")
        for clock in ended:
            values = {"met_at": at, "next_check_at": False}
            if clock.state != "breached":
                if clock._is_missed(at):
                    late += clock
                    values |= clock._breach_values()
                else:
                    values["state"] = "met"
            trusted(clock).write(values)
        ended._lapse_requests()
        late._after_breach()

    def _void(self):
        """End the clocks as not applicable; a missed limit stays missed."""
        clocks = trusted(self.sudo())
        clocks.filtered(lambda clock: clock.state == "paused")._resume(goes_on=False)
        unmet = clocks.filtered(lambda clock: not clock.met_at)
        unmet.next_check_at = False
        unmet = unmet.filtered(lambda clock: clock.state != "breached")
        unmet.state = "void"
        unmet._lapse_requests()

    def _drop(self, reason):
        """End the clocks, with an event, because the promise no longer applies."""
        payloads = {
            clock.id: {"clock": clock.kind, "due": clock.due_at.isoformat(), "reason": reason}
            for clock in self
        }
        self._void()
        trusted(self).is_dropped = True
        self._log_on_cases("clock_voided", payloads)

    def action_promise_kept(self):
        """Mark the promise as done: met now, or late.

        :raises UserError: for other clocks than open promises, and for finished cases
        """
        for clock in self:
            case = clock._case()
            case.check_access("write")
            case._check_unsealed()
            if clock.kind != "promise" or clock not in case.sudo()._open_clocks():
                raise UserError(self.env._("Choose promises that have not been kept yet."))
            case._log_events("promise_kept", {"clock": clock.kind, "note": clock.label or ""})
            clock._meet(fields.Datetime.now())
        return True

    # -- when rules or calendars change -----------------------------------------------------

    def _settle(self):
        """Make future limits certain and promise them anew."""
        now = fields.Datetime.now()
        certain = self.filtered(lambda clock: not (clock.provisional or is_late(clock.due_at, now)))
        trusted(certain).promised_provisional = False

    def _tell_moved(self):
        """Tell customers once that an announced date has moved with the calendar."""
        moved = self.filtered("moved_from")
        other = moved.filtered(lambda clock: clock.due_at != clock.moved_from)
        trusted(moved).moved_from = False
        told = other.filtered(lambda clock: clock._is_told_to_customer()).sorted("id")
        # about the date that counts, however many of a case have moved
        newest = {clock._message_case(): clock.id for clock in told}
        self.browse(newest.values())._tell_new_dates()

    def _tell_new_dates(self):
        """Hook: tell the customers of these limits, one for each case, the new dates."""

    def _is_told_to_customer(self):
        return self.kind in ("close", "promise") and not self._is_appointment()

    def _replan_by(self, values, reason):
        fields_ = ("standard_line_id", "amount", "unit", "calendar_id", "started_at")
        trusted(self).write({name: values[name] for name in fields_})
        self._work_out(reason, (values["due_at"], values["provisional"]))
        self._case()._hurry_by_merged(self)

    # -- display -------------------------------------------------------------------------------
    # What screens, letters and the portal show of a clock, in the reader's language.

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
        """Return how the limit came about, in sentences for staff and customers.

        Times are in the reader's time zone, else the calendar's.

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
        # sudo: water.deadline - a department is told the date that caps its own limit
        is_capped = self.due_at == self.sudo().capped_at
        return (given if is_capped else texts.get(self.unit, given)) % {
            "amount": f"{self.amount:g}",
            "start": start,
            "due": due,
        }

    @api.model
    def _limit_texts(self):
        return {
            "minute": self.env._("%(amount)s minutes from %(start)s, until %(due)s."),
            "hour": self.env._("%(amount)s hours from %(start)s, until %(due)s."),
            "working_hour": self.env._("%(amount)s working hours from %(start)s, until %(due)s."),
            "working_day": self.env._(
                "%(amount)s working days from %(start)s (that day not counted),"
                " until close of business on %(due)s."
            ),
            "calendar_day": self.env._("%(amount)s days from %(start)s, until %(due)s."),
        }

    @api.model
    def _limit_texts_of_one(self):
        return {
            "minute": self.env._("1 minute from %(start)s, until %(due)s."),
            "hour": self.env._("1 hour from %(start)s, until %(due)s."),
            "working_hour": self.env._("1 working hour from %(start)s, until %(due)s."),
            "working_day": self.env._(
                "1 working day from %(start)s (that day not counted),"
                " until close of business on %(due)s."
            ),
            "calendar_day": self.env._("1 day from %(start)s, until %(due)s."),
        }

    def _explain_more(self, write):
        """Return other changes of the limit, made or possible, as whole sentences."""
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
        """End the running pauses early; the customer is told.

        :raises AccessError: without write access to the case
        :raises UserError: when the clock is not paused
        """
        for clock in self:
            clock._case().check_access("write")
            if clock.state != "paused":
                raise UserError(self.env._("This clock is not paused."))
        self._resume()
        return True

    # -- duty ----------------------------------------------------------------------------------
    # The duty board (督办): due clocks of all case types, most urgent first.

    @api.depends(lambda self: self._case_paths("zone_id"))
    def _compute_zone(self):
        for clock in self:
            clock.zone_id = clock._case().zone_id

    @api.model
    @api.readonly
    def duty_board(self, domain=(), choice=None, wall=False):
        """Return the columns of the duty board that the user may see.

        The number of queries is fixed, and what they read is bounded.

        :param domain: filter of the search bar
        :param choice: ``{"department_id": id or 0 for none, "kind": …, "zone_id": …}``
        :param wall: for a screen that visitors see: no text about the customer
        :return: dict of ``now`` and the column limits ``day`` and ``week`` (naive UTC texts), the
            time zone ``tz`` in which days begin, ``columns``, ``departments`` with their counts,
            and the choices ``kinds`` and ``zones``
        :raises AccessError: for users without access to time limits
        """
        moments = self._duty_moments(fields.Datetime.now())
        scope = Domain("is_pending", "=", True) & Domain(domain)
        chosen = self._duty_choice(choice or {})
        others = [chosen[name] for name in ("kind", "zone_id")]
        windows = self._duty_windows(moments)
        tally = {
            key: self._duty_tally(Domain.AND([scope, window, *others]))
            for key, window in windows.items()
        }
        cards = {
            key: self.search(
                Domain.AND([scope, window, *chosen.values()]), limit=CARD_LIMIT, order="due_at, id"
            )
            for key, window in windows.items()
        }
        return {
            **{key: fields.Datetime.to_string(moments[key]) for key in ("now", "day", "week")},
            "tz": moments["tz"],
            "columns": self._duty_columns(tally, cards, (choice or {}).get("department_id"), wall),
            "departments": self._duty_departments(tally),
            "kinds": self._fields["kind"]._description_selection(self.env),
            "zones": self._duty_names("water.zone"),
        }

    @api.model
    def _duty_choice(self, choice):
        return {
            name: Domain.TRUE
            if choice.get(name) is None
            else Domain(name, "=", choice[name] or False)
            for name in CHOICES
        }

    @api.model
    def _duty_moments(self, now):
        """Where the columns end: days and weeks (Monday first) of the company's calendar."""
        name = self.env.company._water_tz()
        zone = ZoneInfo(name)
        today = now.replace(tzinfo=UTC).astimezone(zone).date()

        def midnight(days):
            local = datetime.combine(today + timedelta(days=days), time.min, zone)
            return local.astimezone(UTC).replace(tzinfo=None)

        return {
            "now": now,
            "hour": now + timedelta(hours=1),
            "day": midnight(1),
            "week": midnight(7 - today.weekday()),
            "tz": name,
        }

    @api.model
    def _duty_windows(self, moments):
        """{column: domain}; every moment until the end of the week lies in exactly one."""
        hour = moments["hour"]
        ends = {
            "breached": moments["now"],
            "hour": hour,
            "today": max(hour, moments["day"]),
            "week": max(hour, moments["week"]),
        }
        windows, start = {}, None
        for key, end in ends.items():
            window = Domain("due_at", "<", end)
            windows[key] = window & Domain("due_at", ">=", start) if start else window
            start = end
        return windows

    @api.model
    def _duty_tally(self, domain):
        first = self._search(domain, limit=COUNT_LIMIT + 1, order="due_at, id")
        # sudo: water.deadline - these are the clocks that the user may see; asked again, the rules
        # would have the database go through all others too
        rows = self.sudo()._read_group([("id", "in", first)], ["department_id"], ["__count"])
        return {department.id: count for department, count in rows}

    @api.model
    def _duty_columns(self, tally, cards, department, wall):
        clocks = self.concat(*cards.values())
        texts = dict(zip(clocks.ids, clocks._duty_cards(wall), strict=True))
        columns = []
        for key, counts in tally.items():
            total = sum(counts.values())
            count = total if department is None else counts.get(department or False, 0)
            columns.append(
                {
                    "key": key,
                    "count": max(min(count, COUNT_LIMIT), len(cards[key])),
                    "more": total > COUNT_LIMIT,
                    "cards": [texts[clock.id] for clock in cards[key]],
                }
            )
        return columns

    def _duty_cards(self, wall):
        """Return the values of each card; on a wall no text of the customer."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        cards = []
        # sudo: case, res.users, … - readers of the clock may see names
        for clock in self.sudo():
            case = clock._case()
            cards.append(
                {
                    "id": clock.id,
                    "model": case._name,
                    "case_id": case.id,
                    "number": case.name,
                    "title": case.category_id.name if wall else case.subject,
                    "kind": kinds[clock.kind],
                    "label": "" if wall else clock.label or "",
                    "department": clock.department_id.name or "",
                    "zone": clock.zone_id.name or "",
                    "person": clock.user_id.name or "",
                    "due_at": fields.Datetime.to_string(clock.due_at),
                    "warned": bool(clock.warned_at),
                    "provisional": clock.provisional,
                    "emergency": case.severity == "emergency",
                }
            )
        return cards

    @api.model
    def _duty_departments(self, tally):
        """Every department with its count in each column; ``id`` 0 stands for none."""
        names = self._duty_names("water.department")
        if any(False in counts for counts in tally.values()):
            names.append((0, self.env._("No department yet")))
        return [
            {
                "id": id_,
                "name": name,
                "counts": {key: counts.get(id_ or False, 0) for key, counts in tally.items()},
            }
            for id_, name in names
        ]

    @api.model
    def _duty_names(self, model):
        return [(row.id, row.name) for row in self.env[model].search_fetch([], ["name"])]
