"""Rows of everything that figures count, and values for them drawn by chance.

The rows are made once; each example gives them other values, straight into the database, as only
an import or the course of months would. Stored fields that follow from others are drawn too: a
figure goes by what is stored.
"""

from datetime import date, timedelta

from odoo.tools import SQL

from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

#: Around the ends of March by the clock of Shanghai, hours away from those by UTC.
MOMENTS = (
    *map(local, ("2026-02-28 23:59", "2026-03-01 00:00", "2026-03-01 07:59", "2026-03-15 10:00")),
    *map(local, ("2026-03-31 23:59", "2026-04-01 00:00", "2026-04-01 07:30")),
    None,
)
DAYS = (*(date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)), None)
MONTHS = (date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1))
KNOWN, KNOWN_DAYS = MOMENTS[:-1], DAYS[:-1]
#: who is invited to trainings
TRAINED = ("agent", "department", "quality")
FLAGS = (True, False)
YES_NO = ("yes", "no", None)
SCORES = ("1", "2", "3", "4", "5", None)
ROUNDS = (1, 1, 2)
CASE = {
    "received_at": KNOWN,
    "closed_at": MOMENTS,
    "handling_round": ROUNDS,
    "is_anonymous": (False, False, True),
    "is_follow_up": (False, False, None, True),
    "external_responded": YES_NO,
    "external_solved": YES_NO,
    "external_satisfied": YES_NO,
    "external_verdict_on": DAYS,
}
CLOCKS = ("accept", "contact", "on_site", "verify", "close", "promise", "external", "dispatch")
#: model → {stored field: values one of which is drawn}
DRAWN = {
    "water.complaint": {
        **CASE,
        "state": ("handling", "confirmed", "archived", "withdrawn", "rejected", "merged"),
        "leaves_figures": (False, False, True),
        "is_judged_again": (False, False, None, True),
        "satisfaction_result": SCORES,
        "validity": ("valid", "invalid", None),
    },
    "water.inquiry": {
        **CASE,
        "state": ("registered", "answered", "closed", "withdrawn", "converted", "merged"),
        "resolved_on_first_contact": FLAGS,
    },
    "water.request": {
        **CASE,
        "state": ("processing", "closed", "rejected", "withdrawn", "merged"),
        "satisfaction": ("satisfied", "basically", "dissatisfied", "unreachable", "refused", None),
        "notice_issued_at": MOMENTS,
        "second_request_count": (0, 0, 1, 2),
    },
    "water.deadline": {
        "kind": (*CLOCKS, "work", "sign", "close", "close"),
        "state": ("running", "paused", "met", "met", "breached", "void"),
        "due_at": KNOWN,
        "met_at": MOMENTS,
        "body_due_at": MOMENTS,
        "handling_round": ROUNDS,
        "after_return": (False, None, True),
        "excuse_state": (None, None, "asked", "excused", "refused"),
    },
    "water.deadline.pause": {
        "kind": ("pause", "extension"),
        "state": ("requested", "done", "refused"),
    },
    "water.dispatch": {
        "role": ("lead", "support"),
        "state": ("sent", "accepted", "finished", "rejected", "cancelled"),
        "sent_at": KNOWN,
    },
    "water.callback": {
        "kind": ("follow_up", "follow_up", "requested"),
        "state": ("open", "done", "void"),
        "due_at": MOMENTS,
        "done_at": MOMENTS,
    },
    "water.visit": {
        "state": ("planned", "done", "cancelled"),
        "missed_at": (None, None, MOMENTS[3]),
    },
    "water.incident": {
        "state": ("proposed", "open", "restored", "closed", "dismissed"),
        "is_planned": FLAGS,
        "is_told_in_time": FLAGS,
        "lead_needed": (0, 24, 48),
        "aware_at": KNOWN,
        "restored_at": MOMENTS,
        "repair_due_at": MOMENTS,
    },
    "water.outage.minutes": {"month": MONTHS, "household_minutes": (0, 60, 1200)},
    "water.compensation": {
        "state": ("draft", "proposed", "approved", "approved", "refused"),
        "payment_state": ("none", "posted", "paid", "paid", "reversed"),
        "amount": (0, 10, 10),
        "due_on": DAYS,
        "paid_on": DAYS,
    },
    "water.inspection": {
        "state": ("draft", "done", "disputed", "acknowledged", "annulled"),
        "finished_at": MOMENTS,
        "is_passed": FLAGS,
    },
    "water.improvement": {
        "state": ("open", "done", "cancelled"),
        "due_on": KNOWN_DAYS,
        "done_at": MOMENTS,
    },
    "water.training.attendee": {
        "training_state": ("planned", "held", "held", "cancelled"),
        "state": ("invited", "attended", "attended", "absent", "excused"),
        "held_on": DAYS,
    },
}


class MadeCases:
    """Mixed into a test case of service quality."""

    @classmethod
    def _make_rows(cls):
        """A few rows of each model, in two companies."""
        cls.rows = {}
        for index in range(6):
            cls._rows_of_cases(cls.company2 if index == 5 else cls.company, index)
        cls._rows_of_bases()
        cls._rows_beside_cases()
        cls.env.flush_all()

    @classmethod
    def _add(cls, model, rows):
        cls.rows[model] = cls.rows.get(model, cls.env[model]) | trusted(cls.env[model]).create(rows)
        return cls.rows[model][-len(rows) :]

    @classmethod
    def _rows_of_cases(cls, company, index):
        shared = {"company_id": company.id, "zone_id": cls.zones[index % 2].id}
        user = cls.users["agent" if index % 2 else "agent2"]
        for link in ("complaint", "inquiry", "request"):
            values = getattr(cls, f"_{link}_values")(**shared, user_id=user.id)
            case = cls._add(f"water.{link}", [values])
            cls._rows_of_case(f"{link}_id", case, cls.net if index % 3 else cls.lab)

    @classmethod
    def _rows_of_case(cls, link, case, department):
        now = MOMENTS[3]
        about = {link: case.id}
        clock = {**about, "kind": "close", "started_at": now, "due_at": now}
        clocks = cls._add("water.deadline", [dict(clock) for _count in range(6)])
        if link == "complaint_id":
            review = cls._add("water.satisfaction.review", [{**about, "origin": "score"}])
            trusted(clocks[:2]).review_id = review
        pause = {"kind": "extension", "reason": "x", "requested_at": now}
        pause |= {"requested_by_id": cls.env.uid, "old_due_at": now}
        cls._add(
            "water.deadline.pause",
            [
                {**pause, "deadline_id": clock.id, "started_at": now + timedelta(hours=hours)}
                for clock, hours in zip(clocks, (-1, 1, 0), strict=False)
            ],
        )
        dispatch = {**about, "department_id": department.id}
        reasons = cls.env["water.dispatch.reason"].search([])
        wrong = reasons.filtered("is_wrong")[:1] or reasons[:1]
        dispatches = [
            {**dispatch, "accepted_by_id": cls.users["department"].id},
            {**dispatch, "reject_reason_id": wrong.id},
        ]
        cls._add("water.dispatch", dispatches)
        cls._add(
            "water.callback",
            [
                {**about, "user_id": cls.users["agent2"].id, "outcome": outcome, "score": score}
                for outcome, score in (
                    ("solved", "4"),
                    ("not_solved", "2"),
                    ("unreachable", False),
                    ("refused", False),
                )
            ],
        )
        cls._rows_of_visits(about, case, department)

    @classmethod
    def _rows_of_visits(cls, about, case, department):
        slots = [{"slot_from": at, "slot_to": at + timedelta(hours=2)} for at in KNOWN]
        visit = {**about, "department_id": department.id, "company_id": case.company_id.id}
        visits = cls._add("water.visit", [{**visit, **slot} for slot in slots[case.id % 2 :: 2]])
        promised = {**about, "kind": "promise", "started_at": MOMENTS[3], "due_at": MOMENTS[3]}
        rows = [{**promised, "visit_id": one.id} for one in visits for _count in range(3)]
        cls._add("water.deadline", rows)

    @classmethod
    def _rows_of_bases(cls):
        bases = [
            {"kind": kind, "month": month, "quantity": 100 * (place + 1), "zone_id": zone.id}
            for kind in ("accounts", "to_sign", "signed")
            for place, month in enumerate(MONTHS)
            for zone in cls.zones
        ]
        cls.env["water.base.figure"].search([]).unlink()
        cls._add("water.base.figure", bases)
        calls = {"offered": 50, "answered": 45, "answered_fast": 30, "abandoned": 5}
        cls._add(
            "water.call.statistic",
            [
                {**calls, "day": day, "name": name, "department_id": cls.net.id}
                for day in KNOWN_DAYS
                for name in ("甲组", "乙组")
            ],
        )

    @classmethod
    def _rows_beside_cases(cls):
        checklist = cls.env["water.inspection.template"].search([], limit=1)
        for index in range(6):
            incident = cls._add("water.incident", [{"subject": "x", "department_id": cls.net.id}])
            zone = {"incident_id": incident.id, "zone_id": cls.zones[index % 2].id}
            cls._add("water.outage.minutes", [{**zone, "month": MONTHS[1]}])
            payment = {"partner_id": cls.customer.id, "department_id": cls.net.id}
            if "water.compensation" in cls.env:
                cls._add("water.compensation", [{**payment, "kind": "goodwill", "amount": 10}])
            inspected = {"template_id": checklist.id, "user_id": cls.users["agent"].id}
            inspected["inspector_id"] = cls.users["quality"].id
            cls._add("water.inspection", [inspected])
            action = {"subject": "x", "department_id": cls.net.id}
            cls._add("water.improvement", [{**action, "owner_id": cls.users["agent"].id}])
            taught = trusted(cls.env["water.training"]).create({"subject": "x"})
            people = [{"training_id": taught.id, "user_id": cls.users[n].id} for n in TRAINED]
            cls._add("water.training.attendee", people)

    def _draw(self, chance):
        """Give all rows other values.

        :param chance: a ``random.Random``
        """
        for model, drawn in DRAWN.items():
            for row in self.rows.get(model, ()):
                sets = SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), chance.choice(values))
                    for name, values in drawn.items()
                )
                table = SQL.identifier(row._table)
                self.env.cr.execute(SQL("UPDATE %s SET %s WHERE id = %s", table, sets, row.id))
        self.env.invalidate_all()
        pauses = self.rows["water.deadline.pause"]
        self.env.add_to_compute(pauses._fields["is_approved_late"], pauses)
        self.env.flush_all()
