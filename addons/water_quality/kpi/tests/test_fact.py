from collections import Counter
from datetime import date
from random import Random

from odoo.tests import tagged

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon

from ..models.water_fact import MEASURES, PLACES
from .made_cases import MadeCases
from .plain_count import PlainCount

EVER = (date(2000, 1, 1), date(2100, 1, 1))
MARCH = (date(2026, 3, 1), date(2026, 4, 1))
#: (figure, what a dashboard shows of it, what that is a part of or its rest, type of case)
ALIKE = (
    ("k11", "close_met", "close_breached", "complaint"),
    ("k17", "solved", "heard", None),
    ("k18", "satisfied", "answered", None),
    ("k20", "again", "closed", None),
)


@tagged("post_install", "-at_install")
class TestFact(MadeCases, ComplaintCommon):
    """The table of days equals the live rows, after any change."""

    second_company = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zones = cls.env["water.zone"].create(
            [{"name": name, "code": name} for name in ("KPI-A", "KPI-B")]
        )
        cls._make_rows()

    def _live(self, company):
        """{(day, kind, places …): counts} in plain Python."""
        count, found = PlainCount(self.env, company, *EVER), Counter()

        def add(case, day, department, zone, *names):
            place = (department.id, zone.id, case.category_id.id, case.channel_id.id)
            for name in names:
                found[day, case._name.removeprefix("water."), *place, name] += 1

        for case in count.cases("received_at"):
            if case.is_follow_up:
                continue
            add(case, count.day(case.received_at), case.department_id, case.zone_id, "received")
        for case in count._closed():
            names = ["closed"]
            names += ["again"] if case.handling_round > 1 else []
            score = 0 if case.is_anonymous else count.score(case)
            names += ["answered"] if score else []
            names += ["satisfied"] if score >= 3 else []
            add(case, count.day(case.closed_at), case.department_id, case.zone_id, *names)
        for clock in count.rows("water.deadline", "due_at"):
            case = count.case(clock)
            if clock.state in ("met", "breached") and not count.leaves(case):
                is_missed = clock.state == "breached"
                department = clock.breached_department_id if is_missed else clock.department_id
                names = ["excused"]
                if clock.excuse_state != "excused":
                    names = ["met" if count.kept(clock) else "breached"]
                    if clock.kind == "close" and clock.handling_round == 1:
                        names.append(f"close_{names[0]}")
                add(case, count.day(clock.due_at), department, clock.zone_id, *names)
        spoken = ("solved", "not_solved")
        for call in count.called_back("done_at", lambda row: row.outcome in spoken):
            case = count.case(call)
            names = ["heard", "solved"][: 1 + (call.outcome == "solved")]
            add(case, count.day(call.done_at), case.department_id, case.zone_id, *names)
        return dict(found)

    def _kept(self, company):
        rows = self.env["water.fact"].search([("company_id", "=", company.id)])
        return {
            (row.day, *(row[name].id if name != "kind" else row.kind for name in PLACES), name_): (
                row[name_]
            )
            for row in rows
            for name_ in MEASURES
            if row[name_]
        }

    def _next_day(self):
        """The daily comparison is due."""
        self.env["ir.config_parameter"].set_param("water.fact.compared_at", False)

    def _assert_alike(self):
        for company in (self.company, self.company2):
            live = self._live(company)
            self.assertTrue(live)
            self.assertEqual(self._kept(company), live)

    def test_reconciled_with_the_live_rows(self):
        """Counted whole at first; then the rows written since, and the days that it left."""
        self._draw(Random(1))  # noqa: S311 - an example
        self._trigger("water_quality.ir_cron_fact")
        self._assert_alike()
        for seed in (2, 3):
            self._draw(Random(seed))  # noqa: S311 - examples
            self._next_day()
            self._trigger("water_quality.ir_cron_fact")
            self._assert_alike()
        self._trigger("water_quality.ir_cron_fact")
        self._assert_alike()

    def test_dashboards_and_sheets_agree(self):
        """Both give the same number, for the company and each department; the parts add up to
        the whole.
        """
        for seed in (4, 5, 6):
            self._draw(Random(seed))  # noqa: S311 - examples
            self._next_day()
            self._trigger("water_quality.ir_cron_fact")
            for code, part, rest, kind in ALIKE:
                kpi = self.env.ref(f"water_quality.kpi_{code}")
                found = kpi._count(self.company, *MARCH)
                sums = self._sums(part, rest, kind)
                self.assertEqual(
                    {key[1]: pair for key, pair in found.items() if key[0] == "department"},
                    {whose: pair for whose, pair in sums.items() if whose and pair[1]},
                    (code, seed),
                )
                whole = tuple(map(sum, zip(*sums.values(), strict=True))) or (0, 0)
                self.assertEqual(found["company", False], whole, (code, seed))

    def _sums(self, part, rest, kind):
        domain = [("company_id", "=", self.company.id), ("day", ">=", MARCH[0])]
        domain += [("day", "<", MARCH[1]), *([("kind", "=", kind)] if kind else [])]
        groups = self.env["water.fact"]._read_group(
            domain, ["department_id"], [f"{part}:sum", f"{rest}:sum"]
        )
        is_rest = rest.endswith("breached")
        return {row.id: (one, one * is_rest + other) for row, one, other in groups}

    def test_only_what_changed_is_counted(self):
        """An unchanged day keeps its rows."""
        facts = self.env["water.fact"]
        self._draw(Random(1))  # noqa: S311 - an example
        self._trigger("water_quality.ir_cron_fact")
        self.env.cr.execute(
            "UPDATE water_complaint SET write_date = '2020-01-01';"
            "UPDATE water_inquiry SET write_date = '2020-01-01';"
            "UPDATE water_request SET write_date = '2020-01-01';"
            "UPDATE water_deadline SET write_date = '2020-01-01';"
            "UPDATE water_callback SET write_date = '2020-01-01'"
        )
        before = set(facts.search([]).ids)
        case = self.rows["water.complaint"][0]
        self.env.cr.execute(
            "UPDATE water_complaint SET zone_id = NULL, received_at = '2026-06-01 02:00',"
            " closed_at = NULL, write_date = now() WHERE id = %s",
            case.ids,
        )
        self.env.invalidate_all()
        self._trigger("water_quality.ir_cron_fact")  # within the hour: where it stands now
        moved = [("day", "=", "2026-06-01"), ("received", ">", 0)]
        self.assertEqual(facts.search(moved).mapped("zone_id").ids, [])
        self._next_day()
        self._trigger("water_quality.ir_cron_fact")  # and once a day: where it stood before
        self._assert_alike()
        self._assert_alike_after_a_move()
        after = set(facts.search([]).ids)
        self.assertTrue(before & after)
        self.assertTrue(after - before)

    def _assert_alike_after_a_move(self):
        """Moving a case moves its unmade call-backs too, on their days."""
        call = next(row for row in self.rows["water.callback"] if row.complaint_id and row.done_at)
        for zone in self.env["water.zone"].search([("active", "=", True)], limit=2):
            self.env.cr.execute(
                "UPDATE water_complaint SET zone_id = %s, write_date = now() WHERE id = %s",
                [zone.id, call.complaint_id.id],
            )
            self.env.invalidate_all()
            self._next_day()
            self._trigger("water_quality.ir_cron_fact")
            self._assert_alike()
