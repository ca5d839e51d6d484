"""Counts every key figure slowly, row by row, in plain Python, from the catalogue's words.

It shares only the codes with the definitions, and checks the database's counts.
"""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from odoo import fields

LINKS = ("complaint_id", "inquiry_id", "request_id")
OUT = {
    "water.complaint": {"withdrawn", "merged", "rejected"},
    "water.inquiry": {"withdrawn", "converted", "merged"},
    "water.request": {"withdrawn", "merged"},
}
SCALE = {"satisfied": 5, "basically": 3, "dissatisfied": 1}


class PlainCount:
    """Counts the figures of one company between two days of its own calendar.

    :param env: an environment that sees everything
    :param company: res.company
    :param start: first day
    :param end: first day after
    """

    def __init__(self, env, company, start, end):
        self.env, self.company, self.start, self.end = env, company, start, end
        self.zone = ZoneInfo(company._water_tz())

    def day(self, value):
        """The day of a moment or a date by the company's own clock."""
        if not value or not hasattr(value, "hour"):
            return value or None
        return value.replace(tzinfo=UTC).astimezone(self.zone).date()

    def within(self, value):
        """Whether it lies in the period."""
        return bool(value) and self.start <= self.day(value) < self.end

    def rows(self, model, date):
        """Rows of the company whose ``date`` lies in the period."""
        found = self.env[model].with_context(active_test=False).search([])
        return [row for row in found if row.company_id == self.company and self.within(row[date])]

    def cases(self, date):
        """Cases of all types, by one of their moments."""
        return [row for model in OUT for row in self.rows(model, date)]

    def case(self, row):
        """The case that a row belongs to."""
        return next(row[link] for link in LINKS if row[link])

    def leaves(self, case):
        """Whether a case is in no rate."""
        out = case.state in OUT[case._name]
        return out or case._name == "water.complaint" and case.leaves_figures

    def score(self, case):
        """The customer's rating from 1 to 5; 0 for none."""
        if case._name == "water.complaint":
            return int(case.satisfaction_result or 0)
        if case._name == "water.request":
            return SCALE.get(case.satisfaction, 0)
        calls = case.callback_ids.filtered(lambda row: row.state == "done" and row.score)
        since = [row for row in calls if case.closed_at and row.done_at >= case.closed_at]
        return int(max(since, key=lambda row: (row.done_at, row.id)).score) if since else 0

    def runs(self, done, limit):
        """Whether something is not done yet, and its limit is still to come."""
        now = fields.Datetime.now()
        return not done and limit >= (now if hasattr(limit, "hour") else self.day(now))

    # -- the figures ---------------------------------------------------------------------------

    def figure(self, code):
        """``(numerator, denominator)`` of a figure.

        :param code: of the catalogue
        """
        return getattr(self, f"_{code.lower()}")()

    def _clocks(self, fits):
        found = whole = 0
        for clock in self.rows("water.deadline", "due_at"):
            if clock.state not in ("met", "breached") or not fits(clock):
                continue
            if clock.excuse_state == "excused" or self.leaves(self.case(clock)):
                continue
            whole += 1
            found += self.kept(clock)
        return found, whole

    def kept(self, clock):
        """Whether a limit was met, and by no extension that was approved when it was over."""
        late = any(
            pause.kind == "extension"
            and pause.started_at
            and pause.old_due_at
            and pause.started_at > pause.old_due_at
            for pause in clock.pause_ids
        )
        return clock.state == "met" and not late

    def _part(self, rows, fits):
        return sum(1 for row in rows if fits(row)), len(rows)

    def _calls(self, part, whole):
        rows = self.rows("water.call.statistic", "day")
        return sum(row[part] for row in rows), sum(row[whole] for row in rows)

    def _k01(self):
        return self._calls("answered", "offered")

    def _k02(self):
        return self._calls("answered_fast", "answered")

    def _k03(self):
        return self._calls("abandoned", "offered")

    def _k04(self):
        return self._clocks(
            lambda clock: (
                clock.kind == "dispatch" and clock.handling_round == 1 and not clock.after_return
            )
        )

    def _sent(self):
        rows = [row for row in self.rows("water.dispatch", "sent_at") if row.state != "cancelled"]
        return [row for row in rows if not self.leaves(self.case(row))]

    def _k05(self):
        lead = [row for row in self._sent() if row.role == "lead"]
        wrong = [row for row in lead if row.state == "rejected" and row.reject_reason_id.is_wrong]
        return len(lead) - len(wrong), len(lead)

    def _k06(self):
        return self._part(self._sent(), lambda row: row.state == "rejected")

    def _k07(self):
        return self._clocks(lambda clock: clock.kind in ("accept", "sign"))

    def _k08(self):
        return self._clocks(lambda clock: clock.kind == "contact")

    def _k09(self):
        return self._clocks(lambda clock: clock.kind == "on_site")

    def _k10(self):
        return self._clocks(lambda clock: clock.kind == "verify")

    def _k11(self):
        return self._clocks(
            lambda clock: (
                clock.kind == "close" and clock.handling_round == 1 and bool(clock.complaint_id)
            )
        )

    def _k12(self):
        return self._clocks(lambda clock: clock.kind == "work")

    def _closed(self):
        return [case for case in self.cases("closed_at") if not self.leaves(case)]

    def _k13(self):
        def extended(case):
            pauses = [
                pause
                for clock in case.deadline_ids
                if clock.kind == "close"
                for pause in clock.pause_ids
            ]
            return any(pause.kind == "extension" and pause.state == "done" for pause in pauses)

        return self._part(self._closed(), extended)

    def _k14(self):
        rows = [
            case
            for case in self.rows("water.inquiry", "closed_at")
            if case.state in ("answered", "closed")
        ]
        return self._part(
            rows, lambda case: case.resolved_on_first_contact and case.handling_round == 1
        )

    def called_back(self, date, fits):
        """Call-backs after the work that count, by one of their moments."""
        rows = []
        for row in self.rows("water.callback", date):
            case = self.case(row)
            out = case.is_anonymous or self.leaves(case)
            if row.kind == "follow_up" and fits(row) and not out:
                rows.append(row)
        return rows

    def _k15(self):
        drawn = self.called_back(
            "due_at",
            lambda row: (
                row.state != "void" and not (row.state == "open" and self.runs(False, row.due_at))
            ),
        )
        return self._part(drawn, lambda row: row.state == "done")

    def _k16(self):
        done = self.called_back("done_at", lambda row: row.state == "done")
        return self._part(done, lambda row: row.outcome in ("solved", "not_solved", "refused"))

    def _k17(self):
        heard = self.called_back("done_at", lambda row: row.outcome in ("solved", "not_solved"))
        return self._part(heard, lambda row: row.outcome == "solved")

    def _k18(self):
        scores = [self.score(case) for case in self._closed() if not case.is_anonymous]
        answered = [score for score in scores if score]
        return sum(score >= 3 for score in answered), len(answered)

    def _k19(self):
        return self._clocks(lambda clock: bool(clock.review_id))

    def _k20(self):
        return self._part(self._closed(), lambda case: case.handling_round > 1)

    def _received(self):
        return [
            case
            for case in self.rows("water.complaint", "received_at")
            if case.state not in ("rejected", "withdrawn")
            and not (case.leaves_figures or case.is_follow_up)
        ]

    def _k21(self):
        return self._part(
            self._received(), lambda case: bool(case.repeat_of_id) or case.state == "merged"
        )

    def _k22(self):
        judged = [
            case
            for case in self.rows("water.complaint", "closed_at")
            if case.validity and not self.leaves(case) and not case.is_judged_again
        ]
        return self._part(judged, lambda case: case.validity == "valid")

    def _base(self, kind):
        return [row for row in self.rows("water.base.figure", "month") if row.kind == kind]

    def _accounts(self):
        rows = self._base("accounts")
        months = {row.month for row in rows}
        return sum(row.quantity for row in rows) / max(len(months), 1)

    def _k23(self):
        return len(self._received()), self._accounts()

    def _k24(self):
        return self._clocks(lambda clock: clock.kind == "promise")

    def _k25(self):
        slots = [
            clock
            for clock in self.rows("water.deadline", "due_at")
            if clock.kind == "promise" and clock.visit_id
            if clock.state in ("met", "breached") and clock.excuse_state != "excused"
        ]
        slots = [clock for clock in slots if not self.leaves(self.case(clock))]
        return self._part(slots, lambda clock: clock.state == "breached")

    def _k26(self):
        rows = [
            clock
            for clock in self.rows("water.deadline", "body_due_at")
            if clock.kind == "external"
            and clock.state in ("met", "breached")
            and clock.excuse_state != "excused"
            and not self.leaves(self.case(clock))
            and not self.runs(clock.met_at, clock.body_due_at)
        ]
        return self._part(
            rows, lambda clock: bool(clock.met_at) and clock.met_at <= clock.body_due_at
        )

    def _verdict(self, name):
        told = [case for case in self.cases("external_verdict_on") if case[name]]
        return self._part(told, lambda case: case[name] == "yes")

    def _k27(self):
        return self._verdict("external_responded")

    def _k28(self):
        return self._verdict("external_solved")

    def _k29(self):
        return self._verdict("external_satisfied")

    def _incidents(self, date, is_planned):
        return [
            row
            for row in self.rows("water.incident", date)
            if row.state in ("open", "restored", "closed") and row.is_planned == is_planned
        ]

    def _k30(self):
        rows = self._incidents("repair_due_at", False)
        return self._part(
            [row for row in rows if not self.runs(row.restored_at, row.repair_due_at)],
            lambda row: bool(row.restored_at) and row.restored_at <= row.repair_due_at,
        )

    def _k31(self):
        rows = self.rows("water.outage.minutes", "month")
        return sum(row.household_minutes for row in rows), self._accounts()

    def _k32(self):
        rows = [
            row
            for row in self._incidents("aware_at", True)
            if not self.runs(row.is_told_in_time, row.aware_at - timedelta(hours=row.lead_needed))
        ]
        return self._part(rows, lambda row: row.is_told_in_time)

    def _applications(self):
        return self.rows("water.request", "received_at")

    def _k33(self):
        rows = [row for row in self._applications() if row.guide_id and not self.leaves(row)]
        return self._part(rows, lambda row: bool(row.notice_issued_at))

    def _k34(self):
        return sum(row.second_request_count for row in self._applications()), 1

    def _k35(self):
        rows = [
            row
            for row in self.rows("water.compensation", "due_on")
            if row.state in ("proposed", "approved")
            and row.amount
            and row.payment_state != "reversed"
            and not row.penalty_of_id
            and not self.runs(row.paid_on, row.due_on)
        ]
        return self._part(
            rows,
            lambda row: (
                row.payment_state == "paid" and bool(row.paid_on) and row.paid_on <= row.due_on
            ),
        )

    def _k36(self):
        rows = [
            row
            for row in self.rows("water.inspection", "finished_at")
            if row.state in ("done", "disputed", "acknowledged")
        ]
        return self._part(rows, lambda row: row.is_passed)

    def _k37(self):
        rows = [row for row in self.rows("water.improvement", "due_on") if row.state != "cancelled"]
        rows = [row for row in rows if not self.runs(row.done_at, row.due_on)]
        return self._part(
            rows, lambda row: bool(row.done_at) and self.day(row.done_at) <= row.due_on
        )

    def _k38(self):
        rows = [
            row
            for row in self.rows("water.training.attendee", "held_on")
            if row.training_state == "held" and row.state != "excused"
        ]
        return self._part(rows, lambda row: row.state == "attended")

    def _k39(self):
        return self._shares("signed", "to_sign")

    def _shares(self, part, whole):
        return tuple(sum(row.quantity for row in self._base(kind)) for kind in (part, whole))
