"""Invariants after every step."""

from collections import Counter

from odoo import fields

from ..clock.models.water_deadline import PENDING_STATES
from ..clock.models.water_standard_line import AFTER_CLOSING

#: Clocks that a case has once at a time; promises, appeals and reviews may be several.
SINGLE = ("accept", "contact", "on_site", "verify", "plan", "close", "dispatch", "external")


class CasesKept:
    """What holds of every case.

    ============================= ==================================================================
    method                        what it says
    ============================= ==================================================================
    always_nobody_waits           a case that has just come to where something ends (told, closed,
                                  filed) waits for nobody, and a case that is over has no open
                                  dispatch, visit or wish for a call
    always_own_callback           handlers of a case did not ask its customer how it went, and
                                  users who missed a limit have not excused it
    always_told                   a closed case has an answer, and its customer was told
    always_running_is_open        a running clock belongs to an open matter, one of its kind, and is
                                  on the duty board; what is on the board is running
    always_orders_wait            an order that is not answered is on the duty board
    always_by_somebody            every event has somebody who did it
    always_chains_whole           every chain of events is whole
    always_figures                the counts by state, and those of clocks by state, add up to the
                                  number there is; what a card shows is what its clocks say
    always_promised_ahead         a limit that begins to run now does not lie behind
    always_back_to_others         handled again, a case is not with whoever had it
    always_page_agrees            the customer's page opens, and says what the case is
    ============================= ==================================================================
    """

    def always_nobody_waits(self):
        for case in self.cases:
            came = self.seen.get(case) != case.state
            ends = case._closing_states | case._final_states
            if came and case.state in case._closing_states & ends:
                yield from (f"{case.name} {case.state}: {text}" for text in case._who_waits())
            if case.state in case._final_states:
                open_rows = case._open_dispatches() | case.browse().dispatch_ids
                yield from (f"{case.name} is over: dispatch {row.state}" for row in open_rows)
                yield from (f"{case.name} is over: visit {r.state}" for r in case._open_visits())

    def always_own_callback(self):
        for row in self.rows("callback_ids"):
            if row.state == "done" and row.kind == "follow_up" and row.user_id:
                if row.user_id in self.handlers_then(row):
                    yield f"{row.case_name}: {row.user_id.name} asked about his own work"
        for clock in self.rows("deadline_ids"):
            judge = clock.excuse_by_id
            if judge and judge in clock.breach_by_id | clock.breached_user_id:
                yield f"{clock.case_name}: {judge.name} excused himself"

    def handlers_then(self, row):
        """Return the handlers before the call, by chain and dispatches."""
        case = row._case()
        served = case.dispatch_ids.filtered(
            lambda sent: sent.accepted_at and sent.accepted_at <= row.done_at
        )
        return served.accepted_by_id

    def always_told(self):
        for case in self.cases:
            kinds = set(case.event_ids.mapped("kind"))
            if case._name == "water.inquiry" and case.state in ("answered", "closed"):
                told = (case.answer or "").strip() and kinds & {"answered", "incident_over"}
            elif case._name == "water.request" and case.state == "closed":
                told = kinds & {"fed_back", "unreachable", "incident_over"} or case.is_anonymous
            elif case._name == "water.request" and case.state == "rejected":
                told = "refused" in kinds and case.notice_ids
            else:
                continue
            if not told:
                yield f"{case.name} is {case.state}, and nobody was told"

    def is_open_matter(self, clock):
        """Whether what a clock runs for is still to come."""
        case = clock._case()
        if clock.kind == "external":
            return case.external_state == "open" or case.state not in case._final_states
        if clock.kind == "callback":
            return any(row.state == "open" for row in case.callback_ids)
        if case.closed_at and clock.started_at >= case.closed_at:  # promised when it was done
            return case.state not in case._final_states
        return not case.closed_at

    def outlives(self, clock):
        """Whether a clock goes on when its case is closed."""
        return clock.kind in AFTER_CLOSING

    def always_running_is_open(self):
        for clock in self.rows("deadline_ids"):
            name, runs = f"{clock.case_name} {clock.kind}", clock.state == "running"
            if runs and not clock.met_at and not self.is_open_matter(clock):
                yield f"{name} runs, its matter is over ({clock._case().state})"
            pending = clock.state in PENDING_STATES and not clock.met_at
            closed_at = clock._case().closed_at
            goes_on = not closed_at or clock.started_at >= closed_at
            wanted = pending and (self.outlives(clock) or goes_on)
            if clock.is_pending != wanted:
                yield f"{name} is {clock.state}, on the board: {clock.is_pending}"
            if runs and not clock.next_check_at:
                yield f"{name} runs, and nobody looks at it again"
        for case in self.cases:
            kinds = Counter(clock.kind for clock in case.deadline_ids if clock.state == "running")
            own = {kind: kinds[kind] for kind in SINGLE if kinds[kind] > 1}
            if own:
                yield f"{case.name} has more than one clock of a kind: {own}"

    def always_orders_wait(self):
        for case in self.cases:
            waits = case.external_state == "open" and case.external_due_at
            if waits and not case._external_clocks().filtered("is_pending"):
                yield f"{case.name} ({case.state}): the order is open and not on the board"

    def always_by_somebody(self):
        for event in self.rows("event_ids"):
            if not event.user_id:
                yield f"{event.case_name}: nobody did {event.kind}"

    def always_chains_whole(self):
        for case in self.changed:
            yield from case._verify_events()

    def always_figures(self):
        for name in self.models:
            model, domain = self.env[name], [("id", ">", self.first[name])]
            rows = model._read_group(domain, ["state"], ["__count"])
            if sum(count for __, count in rows) != model.search_count(domain):
                yield f"{name}: the states do not add up"
        for case in self.cases:
            clocks = case._open_clocks()
            wait = clocks.filtered("is_pending") if case.closed_at else clocks
            summary = wait._summary()
            if case.deadline_state not in (summary, clocks._summary()):
                yield f"{case.name} shows {case.deadline_state}, its clocks say {summary}"
            if case.state not in {key for key, __ in case._fields["state"].selection}:
                yield f"{case.name} is in no state: {case.state}"
            if case.stage_id.state != case.state:
                yield f"{case.name}: the column says {case.stage_id.state}"

    def always_promised_ahead(self):
        now = fields.Datetime.now()
        for clock in self.rows("deadline_ids"):
            fresh = clock.id > self.known and clock.state == "running"
            case = clock._case()
            if clock.kind == "external" and case.external_due_at <= now:
                continue  # the body's own limit, which was over before
            if fresh and clock.started_at >= now and clock.due_at < now:
                yield f"{clock.case_name} {clock.kind} was promised for {clock.due_at}, now {now}"

    def always_page_agrees(self):
        for case in self.changed:
            login = {self.test.customer: "portal1", self.test.customer2: "portal2"}
            reader = self.test.users.get(login.get(case.partner_id))
            if reader:
                mine = case.with_user(reader)._portal_find(case.id).sudo()
                yield from self.page_faults(case, mine) if mine else ["his page is not found"]

    def page_faults(self, case, mine):
        """Return where the customer's page differs from the case."""
        page = mine._portal_page()
        titles, shown = mine._portal_titles(), self.page_state(case, mine)
        if page["status"] != self.page_status(case, titles[shown]):
            yield f"{case.name}: the page says {page['status']}, it is {shown}"
        if page["is_open"] and case.state in case._final_states and not self.page_is_open(case):
            yield f"{case.name} is over, its page says open"
        steps = [row for row in page["timeline"] if row["kind"] == "present"]
        titles_of_steps = [row["title"] for row in steps]
        if case.state not in case._final_states and titles_of_steps != [titles[shown]]:
            yield f"{case.name} is {shown}, the timeline says {steps}"
        for row in page["promises"]:
            clocks = case.deadline_ids.filtered(lambda c, kind=row["kind"]: c.kind == kind)
            if row["state"] == "kept" and not any(clock.met_at for clock in clocks):
                yield f"{case.name}: the page says that {row['kind']} was kept"
            if row["state"] in ("running", "overdue") and case.state in case._final_states:
                if not any(map(self.is_open_matter, clocks)):
                    yield f"{case.name} is over, the page still promises {row['kind']}"

    def page_state(self, case, mine):
        """The state that the page ``mine`` says of ``case``."""
        return case.state

    def page_status(self, case, title):
        """The page's heading for a case in this state."""
        return title

    def page_is_open(self, case):
        """Whether the page of a case that is over rightly says that something goes on."""
        return False

    def always_back_to_others(self):
        """A second handling is not with the former handler; ended ones stay."""
        for case in self.cases:
            is_over = case.state in case._final_states
            if case.user_id and not is_over and case.user_id in case._barred_handlers():
                yield f"{case.name} is with {case.user_id.name} again"
