"""Days that are over are counted beforehand: the page says the same as if it looked at each row."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import WaterCommon
from ...base.trust import trusted
from ..models import water_home_count
from ..models.water_home_count import FRESH, Kept

#: 3 December, noon in Shanghai; the first of it is the month before in UTC until eight.
TODAY = "2026-12-03 04:00:00"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestHomeCount(WaterCommon):
    second_company = True

    def setUp(self):
        super().setUp()
        self.item = self.env.ref("water_service_desk.home_count_inquiry")
        known = self.env["water.inquiry"].search([])
        self.item.domain = str([("id", "not in", known.ids)])
        self.cases = [
            self._at(moment)
            for moment in (
                "2026-11-30 15:59:00",  # the last minute of November in Shanghai
                "2026-11-30 16:00:00",
                "2026-12-02 15:59:00",
                "2026-12-03 01:00:00",
            )
        ]
        self._comes("manager")

    def _at(self, moment):
        with freeze_time(moment):
            return self._inquiry()

    def _comes(self, *logins):
        for login in logins:
            log = self._as(login, self.env["res.users.log"]).sudo().create({})
            log._write({"create_date": fields.Datetime.now()})  # it is the transaction's

    def _parts(self, login="manager"):
        home = self._as(login, self.env["water.home.item"]).home()
        return {part["key"]: part for part in home["sections"]}

    def _figure(self, login="manager"):
        parts = self._parts(login)
        [figure] = [item for item in parts["figure"]["items"] if item["id"] == self.item.id]
        return {key: figure[key] for key in ("day", "month", "last")}

    def _count(self):
        with self.enter_registry_test_mode():
            self.env.ref("water_service_desk.ir_cron_home_count").sudo().method_direct_trigger()

    def _counts(self):
        mine = [("user_id", "=", self.users["manager"].id)]
        return self.env["water.home.count"].search(mine)

    def test_the_page_says_the_same_as_before_it_was_counted(self):
        live = self._figure()
        self.assertEqual(live, {"day": 1, "month": 3, "last": 1})
        self._count()
        self.assertTrue(self._counts())
        self.assertEqual(self._figure(), live)
        self._at("2026-12-03 03:00:00")
        self.assertEqual(self._figure(), {"day": 2, "month": 4, "last": 1}, "today is live")

    def test_a_day_with_very_many_rows_is_told_as_of_the_last_count(self):
        with patch.object(water_home_count, "MANY", 0):
            self._count()
            self._at("2026-12-03 03:00:00")
            self.assertEqual(self._figure(), {"day": 1, "month": 3, "last": 1}, "as counted")
            self._count()
            self.assertEqual(self._figure(), {"day": 2, "month": 4, "last": 1})
            with freeze_time("2026-12-03 16:30:00"):  # half past midnight, counted an hour ago
                trusted(self._counts()).write({"counted_at": "2026-12-03 15:30:00"})
                self._at("2026-12-03 16:10:00")
                self.assertEqual(self._figure(), {"day": 1, "month": 5, "last": 1})
        self._at("2026-12-03 03:30:00")
        self.assertEqual(self._figure()["day"], 3, "few rows are looked at")

    def test_the_page_says_since_when_it_stands(self):
        self._count()
        self.assertFalse(self._parts()["figure"]["told_at"])
        with patch.object(water_home_count, "MANY", 0):
            self._count()
            counted = fields.Datetime.to_string(self._counts().counted_at)
            with freeze_time("2026-12-03 05:00:00"):
                self.assertEqual(self._parts()["figure"]["told_at"], counted)
            with freeze_time("2026-12-03 16:30:00"):
                trusted(self._counts()).write({"counted_at": "2026-12-03 15:30:00"})
                self.assertFalse(self._parts()["figure"]["told_at"], "today is looked through")

    def test_very_much_work_is_told_by_person_as_of_the_last_count(self):
        item = self.env.ref("water_service_desk.home_load_inquiry")
        self._comes("supervisor")

        def load():
            part = self._parts("supervisor")["load"]
            cells = [person["cells"].get(item.id, {"open": 0}) for person in part["people"]]
            return sum(cell["open"] for cell in cells), part["told_at"]

        self._count()
        before, told_at = load()
        self.assertFalse(told_at)
        with patch.object(water_home_count, "MANY", before - 1):
            self._count()
        self._at(TODAY)
        self.assertEqual(load(), (before, TODAY))
        self._count()
        self.assertEqual(load(), (before + 1, False), "not so many any more")

    def test_only_rows_of_today_are_looked_at(self):
        self._count()
        with freeze_time("2026-12-03 05:00:00"):
            self._at("2026-12-01 05:00:00")
            self.assertEqual(self._figure(), {"day": 1, "month": 3, "last": 1}, "not seen yet")
            self._count()
            self.assertEqual(self._figure(), {"day": 1, "month": 4, "last": 1})

    def test_count_continues_after_midnight(self):
        self._count()
        with freeze_time("2026-12-03 16:30:00"):  # 4 December, half past midnight
            trusted(self._counts()).write({"counted_at": "2026-12-03 15:30:00"})
            self._at("2026-12-03 15:45:00")
            self.assertEqual(self._figure(), {"day": 0, "month": 4, "last": 1})

    def test_another_month_begins(self):
        self._count()
        with freeze_time("2026-12-31 16:30:00"):  # 1 January
            self._count()
            self._at("2026-12-31 16:10:00")
            self.assertEqual(self._figure(), {"day": 1, "month": 1, "last": 3})

    def test_old_counts_are_not_taken(self):
        self._count()
        counted = {self.item._definition(): {"2026-11-02": [7, 7]}}
        trusted(self._counts()).write({"figures": {**self._counts().figures, **counted}})
        self.assertEqual(self._figure()["last"], 7)
        with freeze_time(fields.Datetime.now() + FRESH + timedelta(seconds=1)):
            self.assertEqual(self._figure()["last"], 1)

    def test_counts_of_another_domain_are_not_taken(self):
        self._count()
        self.item.domain = str([("id", "in", self.cases[0].ids)])
        self.assertEqual(self._figure(), {"day": 0, "month": 0, "last": 1})

    def test_counts_respect_each_users_rights(self):
        """A figure on a department's page counts the cases that the department may see."""
        self._dispatch(self.cases[1])
        group = self.env.ref("water_service_desk.group_department")
        self.item.group_ids |= group
        self._comes("department", "department2")
        live = {login: self._figure(login) for login in ("department", "department2", "manager")}
        self.assertEqual(live["department"]["month"], live["department2"]["month"] + 1)
        self._count()
        for login, figure in live.items():
            self.assertEqual(self._figure(login), figure, login)

    def test_new_department_member_sees_its_cases(self):
        """From that moment on, not from the next hour on."""
        self._dispatch(self.cases[1])
        self.item.group_ids |= self.env.ref("water_service_desk.group_department")
        self._comes("department", "department2")
        self._count()
        mine, theirs = self._figure("department"), self._figure("department2")
        self.assertNotEqual(mine, theirs)
        user, other = self.users["department"], self.users["department2"]
        user.water_department_ids = other.water_department_ids
        self.assertEqual(self._figure("department"), theirs)
        self._count()
        self.assertEqual(self._figure("department"), theirs)

    def test_rates_and_several_companies(self):
        """Counts cover one company; users of two see the rows of both."""
        rate = self.env.ref("water_service_desk.home_rate_in_time")
        self._count()
        counts = self._counts().figures[rate._definition()]
        self.assertTrue(counts)
        self.assertTrue(all(0 <= part <= whole for whole, part in counts.values()))
        kept = self._as("manager", self.env["water.home.count"])
        self.assertTrue(kept._kept().figures)
        self.users["manager"].company_ids |= self.company2
        both = (self.company | self.company2).ids
        self.assertEqual(kept.with_context(allowed_company_ids=both)._kept(), Kept())

    def test_user_without_figures_has_page(self):
        agent = self.users["agent"]
        self.env["water.home.count"]._count(agent, agent.company_ids)
        home = self._as("agent", self.env["water.home.item"]).home()
        none = {"key": "figure", "items": [], "rows": [], "told_at": False}
        self.assertIn(none, home["sections"])

    def test_absent_trainees_and_failures(self):
        counts = self.env["water.home.count"]
        with freeze_time(fields.Datetime.now() + timedelta(days=31)):
            self.assertNotIn(self.users["manager"], counts._readers())
        self.assertIn(self.users["manager"], counts._readers())
        self._comes("supervisor")
        counted, original = [], type(counts)._count

        def count(model, reader, company):
            counted.append(reader)
            if len(counted) == 1:
                raise ValueError("this one fails")
            return original(model, reader, company)

        with patch.object(type(counts), "_count", count), self.assertLogs(level="ERROR"):
            self._count()
        self.assertGreater(len(counted), 1)
        self.assertTrue(counts.search([("user_id", "=", counted[-1].id)]))
