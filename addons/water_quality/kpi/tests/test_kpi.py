from collections import Counter
from datetime import date, datetime
from random import Random
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon
from odoo.addons.water_service_desk.base.tests.examples import HealthCheck, given, settings, st

from ..sources import COLUMNS
from .made_cases import MadeCases
from .plain_count import PlainCount

MARCH = (date(2026, 3, 1), date(2026, 4, 1))
QUARTER = (date(2026, 1, 1), date(2026, 4, 1))
ALIKE = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck) if isinstance(HealthCheck, type) else [],
)


@tagged("post_install", "-at_install")
class TestKpi(MadeCases, ComplaintCommon):
    """Each definition against a slow count, and what of a definition is refused."""

    second_company = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zones = cls.env["water.zone"].create(
            [{"name": name, "code": name, "company_id": False} for name in ("KPI-A", "KPI-B")]
        )
        cls._make_rows()
        cls.kpis = cls.env["water.kpi"].search([("company_id", "=", False)])

    def _kpi(self, code):
        return self.env.ref(f"water_quality.kpi_{code.lower()}")

    @ALIKE
    @given(st.integers(min_value=0, max_value=10**6))
    def test_figures_are_what_a_slow_count_finds(self, seed):
        """All of the catalogue, in a month and a quarter, by the clock of the company."""
        with self.env.cr.savepoint() as savepoint:
            self._draw(Random(seed))  # noqa: S311 - examples
            for start, end in (MARCH, QUARTER):
                count = PlainCount(self.env, self.company, start, end)
                for kpi in self.kpis:
                    found = kpi._count(self.company, start, end)
                    self.assertEqual(
                        found["company", False], count.figure(kpi.code), (kpi.code, start)
                    )
            savepoint.rollback()
            self.env.invalidate_all()

    def test_every_example_counts(self):
        """Each definition is compared on real rows."""
        empty = set(self.kpis.mapped("code"))
        for seed in range(20):
            if not empty:
                break
            self._draw(Random(seed))  # noqa: S311 - an example
            counted = {
                kpi.code: kpi._count(self.company, *QUARTER)["company", False] for kpi in self.kpis
            }
            empty -= {code for code, pair in counted.items() if all(pair)}
        self.assertFalse(empty)

    def test_parts_add_up_and_are_opened_as_counted(self):
        """Departments, zones, channels and people; the rows behind each are as many."""
        self._draw(Random(11))  # noqa: S311 - an example
        for kpi in self.kpis.filtered(lambda row: row.unit == "percent"):
            side = list(kpi._sides().values())[-1]
            found = kpi._count(self.company, *MARCH)
            for key, (part, whole) in found.items():
                for wanted, number in ((True, part), (False, whole)):
                    if side["measure"] != "count":
                        continue
                    ids = kpi._row_ids(side, *key, self.company, *MARCH, wanted)
                    if not (kpi.numerator_model and wanted):
                        self.assertEqual(len(ids), number, (kpi.code, key, wanted))

    def test_a_missed_limit_is_whose_it_was(self):
        """The holder at the time of the breach stays responsible."""
        self._draw(Random(13))  # noqa: S311 - an example
        clocks = self.rows["water.deadline"].filtered(lambda row: row.company_id == self.company)
        values = {"kind": "contact", "state": "breached", "excuse_state": None, "due_at": MARCH[0]}
        values |= {"breached_department_id": self.lab.id, "department_id": self.net.id}
        values["breached_user_id"] = self.users["agent2"].id
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE water_deadline SET {name} = %s WHERE id = ANY(%s)",  # noqa: S608 - names above
                (value, clocks.ids),
            )
        self.env.invalidate_all()
        counts = PlainCount(self.env, self.company, *MARCH)
        found = self._kpi("K08")._count(self.company, *MARCH)
        departments = {key[1] for key in found if key[0] == "department"}
        self.assertEqual(departments, {self.lab.id})
        self.assertEqual(found["person", self.users["agent2"].id], counts.figure("K08"))

    def test_dimensions(self):
        """The slow count assigns to the same departments."""
        self._draw(Random(17))  # noqa: S311 - an example
        count = PlainCount(self.env, self.company, *MARCH)
        whole = Counter(
            (name, case[column].id)
            for case in count._closed()
            for name, column in COLUMNS.items()
            if case[column]
        )
        found = self._kpi("K20")._count(self.company, *MARCH)
        self.assertEqual(
            {key: pair[1] for key, pair in found.items() if key[0] != "company"}, dict(whole)
        )

    def test_an_empty_period_is_a_dash(self):
        kpi = self._kpi("K11")
        self.assertEqual(
            kpi._count(self.company, date(2031, 1, 1), date(2031, 2, 1)),
            {("company", False): (0, 0)},
        )
        self.assertIsNone(kpi._value(0, 0))
        self.assertEqual(kpi._written(None), "–")
        self.assertEqual(kpi._value(0, 4), 0)

    def test_one_query_for_a_figure(self):
        """For any split and number of groups."""
        kpi = self._kpi("K11")
        kpi._count(self.company, *MARCH)
        with self.assertQueryCount(1):
            kpi._count(self.company, *MARCH)

    # -- refusals ------------------------------------------------------------------------------

    copied = None

    def _refused(self, words, **values):
        if not self.copied:
            self.copied = self._as("manager", self._kpi("K11")).copy({"code": "T1"})
        kpi = self.copied
        with self.assertRaisesRegex(ValidationError, words), self.env.cr.savepoint():
            kpi.write(values)
            kpi.flush_recordset()

    def test_a_definition_names_what_is_there(self):
        line = "[('no_such_field', '=', 1)]"
        self._refused("T1, denominator: .*no_such_field", denominator_domain=line)
        self._refused("T1, denominator: .*no_such_field", numerator_domain=line)
        self._refused("T1, denominator: .*no_such_field", exclusion_domain=line)
        self._refused("no_such_date", denominator_date="no_such_date")
        self._refused("state", denominator_date="state")
        self._refused("cannot be counted", denominator_domain="[('due_at', '>',")
        self._refused("cannot be counted", denominator_domain="{}")
        self._refused("cannot be counted", denominator_measure="sum", denominator_field="kind")

    def test_definition_of_model_outside_the_catalogue_is_refused(self):
        for values in (
            {"denominator_model": "res.users", "denominator_date": "create_date"},
            {"unit": "number", "numerator_model": "res.users", "numerator_date": "create_date"},
        ):
            with self.assertRaisesRegex(ValidationError, "cannot be counted"):
                self.env["water.kpi"].create(
                    {
                        "code": f"X{len(values)}",
                        "name": "X",
                        "numerator_domain": "[('id', '>', 0)]",
                        **values,
                    }
                )

    def test_a_definition_divides_by_something(self):
        self._refused("has no denominator", denominator_model=False)
        self._refused("has no denominator", denominator_domain="[(0, '=', 1)]")
        self._refused("the same", numerator_domain="[]")
        self._refused("both moments", done_field="met_at")
        self._refused("what is counted", unit="number", denominator_model=False)

    def test_a_definition_is_no_way_around_the_rights(self):
        """Definitions use only fields that their author may read."""
        kpi = self._as("manager", self._kpi("K21")).copy({"code": "T2"})
        kpi.env.user.group_ids -= self.env.ref("water_service_desk.group_manager")
        case = self.env["water.complaint"]._fields["phone"]
        self.assertTrue(case.groups)
        with self.assertRaisesRegex(UserError, "cannot be counted|not allowed"):
            kpi.numerator_domain = "[('phone', 'like', '139')]"

    def test_versions_do_not_overlap(self):
        kpi = self._as("manager", self._kpi("K11"))
        with self.assertRaisesRegex(ValidationError, "same day"), self.env.cr.savepoint():
            kpi.copy({"version": 2})
        kpi.copy({"company_id": self.company.id})  # a company's own stands beside the general one
        action = kpi.action_new_version()
        newer = self.env["water.kpi"].browse(action["res_id"])
        self.assertEqual((newer.version, newer.target_ids.target), (2, 99))
        self.assertEqual((newer.valid_from - kpi.valid_until).days, 1)
        with self.assertRaisesRegex(UserError, "newer version follows"):
            kpi.action_new_version()

    def test_a_company_goes_by_its_own(self):
        kpi = self._kpi("K11")
        own = kpi.copy({"company_id": self.company.id})
        day = MARCH[0]
        in_force = self.env["water.kpi"]._in_force
        self.assertIn(own, in_force(self.company, day))
        self.assertNotIn(kpi, in_force(self.company, day))
        self.assertIn(kpi, in_force(self.company2, day))

    def test_targets(self):
        kpi = self._kpi("K20")
        target = kpi._target(self.company, MARCH[0])
        self.assertEqual(
            [target._light(value) for value in (2, 3, 5, 6)], ["met", "near", "near", "missed"]
        )
        own = self.env["water.kpi.target"].create(
            {"kpi_id": kpi.id, "company_id": self.company.id, "target": 1, "valid_from": MARCH[0]}
        )
        self.assertEqual(kpi._target(self.company, MARCH[0]), own)
        self.assertEqual(kpi._target(self.company2, MARCH[0]), target)
        self.assertFalse(self._kpi("K06")._target(self.company, MARCH[0])._light(50))
        for words, values in (("stricter", {"floor": 0.5}), ("same day", {"company_id": False})):
            with self.assertRaisesRegex(ValidationError, words), self.env.cr.savepoint():
                own.write(values)

    def test_calls_that_cannot_be(self):
        calls = {"day": MARCH[0], "name": "丙组", "offered": 3, "answered": 2, "abandoned": 1}
        rows = self._as("supervisor", self.env["water.call.statistic"])
        rows.create({**calls, "answered_fast": 2})
        for wrong in ({"answered": 3}, {"answered_fast": 3}, {"abandoned": -1}):
            with (
                self.assertRaisesRegex(ValidationError, "2026-03-02 丁组"),
                self.env.cr.savepoint(),
            ):
                rows.create(
                    {**calls, "answered_fast": 2, "day": "2026-03-02", "name": "丁组", **wrong}
                )

    def test_calls_are_counted_one_by_one(self):
        """By the company's day and by group; manual values stay."""
        rows, calls = self.env["water.call.statistic"], self.env["water.call.record"]
        for number, told in enumerate(
            (
                {"answered_at": "2026-03-02T00:10:15+08:00", "group": "甲组"},
                {"answered_at": "2026-03-02T00:10:16+08:00", "group": "甲组"},
                {"ended_at": "2026-03-02T00:11:00+08:00", "group": "甲组"},
                {"ended_at": "2026-03-02T00:11:00+08:00", "group": "乙组"},
                {"direction": "out", "group": "甲组"},
            )
        ):
            begun = {"call": f"K-{number}", "offered_at": "2026-03-02T00:10:00+08:00"}
            calls._report({**begun, **told})
        hand = {"day": "2026-03-02", "name": "乙组", "offered": 9, "answered": 9, "abandoned": 0}
        hand = rows.create({**hand, "answered_fast": 9})
        rows._count_calls(self.company, None)
        counted = rows.search([("name", "=", "甲组"), ("day", "=", "2026-03-02")])
        self.assertRecordValues(
            counted, [{"offered": 3, "answered": 2, "answered_fast": 1, "abandoned": 1}]
        )
        self.assertEqual(hand.offered, 9)
        counted.offered = 5
        rows._count_calls(self.company, None)
        self.assertEqual((counted.offered, counted.is_counted), (5, False))

    def test_calls_are_counted_where_they_come_to(self):
        """A call that rings has no group yet: it counts once, for the one that answers it; and on
        another day when the company goes by another clock.
        """
        rows, calls = self.env["water.call.statistic"], self.env["water.call.record"]
        begun = {"call": "K-9", "offered_at": "2026-03-02T00:10:00+08:00"}
        calls._report(begun)
        rows._count_calls(self.company, None)
        self.assertEqual(rows.search([("day", "=", "2026-03-02")]).name, self.company.name)
        calls._report({**begun, "answered_at": "2026-03-02T00:10:05+08:00", "group": "戊组"})
        rows._count_calls(self.company, datetime(2026, 1, 1))
        counted = rows.search([("day", "=", "2026-03-02")])
        self.assertRecordValues(counted, [{"name": "戊组", "offered": 1, "answered": 1}])
        calls._report({"call": "K-10", "offered_at": "2026-03-02T12:00:00+08:00", "group": "己组"})
        self.company.water_calendar_id.tz = "Europe/Berlin"  # where K-9 came on the first of March
        self.env["water.fact"]._bring_up_to_date(self.company, datetime(2999, 1, 1), True)
        here = [("company_id", "=", self.company.id), ("is_counted", "=", True)]
        counted = rows.search([*here, ("day", ">=", "2026-03-01")], order="day")
        self.assertEqual(
            [(f"{row.day}", row.name, row.offered) for row in counted],
            [("2026-03-01", "戊组", 1), ("2026-03-02", "己组", 1)],
        )

    def test_base_figures_of_the_month(self):
        """Counted every night; a month keeps what its last night found."""
        bases = self.env["water.base.figure"]
        bases.search([]).unlink()
        account = {
            "partner_id": self.customer.id,
            "address": "东城路8号",
            "zone_id": self.zones[0].id,
        }
        self.env["water.account"].create([{**account, "code": f"KPI-{n}"} for n in range(3)])
        self._trigger("water_quality.ir_cron_base_figure")
        mine = [("zone_id", "=", self.zones[0].id), ("kind", "=", "accounts")]
        row = bases.search(mine)
        self.assertEqual((row.month, row.quantity), (MARCH[0], 3))
        self.env["water.account"].search([("code", "=", "KPI-1")]).active = False
        self._trigger("water_quality.ir_cron_base_figure")
        self.assertEqual(bases.search(mine), row)
        self.assertEqual(row.quantity, 2)
        with self.assertRaises(ValidationError):
            bases.create({"kind": "signed", "month": "2026-03-02", "quantity": 1})

    def test_base_figures_of_a_company_that_fails(self):
        """It is reported, and the others are counted."""
        others = self.env["res.company"].create([{"name": "西河水务"}, {"name": "南湖水务"}])
        bases = self.env["water.base.figure"]

        def accounts_of(_bases, company):
            if company == others[0]:
                raise ValueError(company.name)
            return {("accounts", False, False): 7}

        with (
            patch.object(type(bases), "_accounts_of", accounts_of),
            self.assertLogs("odoo.addons.water_service_desk.base.isolated", "ERROR"),
        ):
            self._trigger("water_quality.ir_cron_base_figure")
        counted = bases.search([("company_id", "in", others.ids)])
        self.assertEqual([(row.company_id, row.quantity) for row in counted], [(others[1], 7)])
