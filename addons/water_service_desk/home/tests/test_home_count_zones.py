"""Counts of first pages of companies in Berlin and Shanghai, at the turns of clocks and years."""

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import WaterCommon

#: {now in UTC: ({moments in UTC at which cases came}, figures of Berlin, figures of Shanghai)}, by
#: hand from tzdata: Berlin is an hour ahead, two from 29 March to 25 October; Shanghai is eight.
TURNS = {
    "2026-03-29 22:30:00": (  # Monday 00:30 in Berlin, 06:30 in Shanghai
        ("2026-02-28 22:59:00", "2026-02-28 23:00:00", "2026-03-28 22:59:59", "2026-03-28 23:00:00")
        + ("2026-03-29 00:59:59", "2026-03-29 01:00:00", "2026-03-29 21:59:59")
        + ("2026-03-29 22:00:00",),
        {"day": 1, "month": 7, "last": 1},
        {"day": 2, "month": 8, "last": 0},
    ),
    "2026-10-31 23:30:00": (  # Sunday 00:30 of November in Berlin, 07:30 in Shanghai
        ("2026-09-30 15:59:59", "2026-09-30 16:00:00", "2026-09-30 21:59:59")
        + ("2026-09-30 22:00:00", "2026-10-24 22:00:00", "2026-10-25 22:59:59")
        + ("2026-10-25 23:00:00", "2026-10-31 16:00:00", "2026-10-31 22:59:59")
        + ("2026-10-31 23:00:00",),
        {"day": 1, "month": 1, "last": 6},
        {"day": 3, "month": 3, "last": 6},
    ),
    "2026-12-31 22:59:59": (  # the last second of the year in Berlin, 06:59:59 in Shanghai
        ("2026-11-30 16:00:00", "2026-11-30 23:00:00", "2026-12-31 15:59:59")
        + ("2026-12-31 16:00:00",),
        {"day": 2, "month": 3, "last": 1},
        {"day": 1, "month": 1, "last": 3},
    ),
    "2028-02-29 15:30:00": (  # the leap day, 16:30 in Berlin and 23:30 in Shanghai
        ("2028-01-31 15:59:59", "2028-01-31 16:00:00", "2028-01-31 23:00:00")
        + ("2028-02-28 16:00:00", "2028-02-28 23:00:00", "2028-02-29 15:00:00"),
        {"day": 2, "month": 4, "last": 2},
        {"day": 3, "month": 5, "last": 1},
    ),
}


@tagged("post_install", "-at_install")
class TestHomeCountZones(WaterCommon):
    second_company = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company2.water_calendar_id = cls.company.water_calendar_id.copy({"tz": "Europe/Berlin"})
        cls.item = cls.env.ref("water_service_desk.home_count_inquiry")
        cls.readers = {cls.company2: "foreign", cls.company: "manager"}

    def _figure(self, company):
        login = self.readers[company]
        items = self._as(login, self.env["water.home.item"])
        home = items.with_context(allowed_company_ids=company.ids).home()
        parts = {part["key"]: part for part in home["sections"]}
        [figure] = [item for item in parts["figure"]["items"] if item["id"] == self.item.id]
        return {key: figure[key] for key in ("day", "month", "last")}

    def _come(self, moments):
        known = self.env["water.inquiry"].search([])
        self.item.domain = str([("id", "not in", known.ids)])
        for moment in moments:
            with freeze_time(moment):
                for company in self.readers:
                    values = self._inquiry_values(company_id=company.id, partner_id=False)
                    self.env["water.inquiry"].with_company(company).create(values)

    def test_at_each_turn(self):
        counts = self.env["water.home.count"]
        for now, (moments, berlin, shanghai) in TURNS.items():
            with self.subTest(now), freeze_time(now):
                self._come(moments)
                wanted = dict(zip(self.readers, (berlin, shanghai), strict=True))
                for company, login in self.readers.items():
                    self.assertEqual(self._figure(company), wanted[company], "row by row")
                    counts._count(self.users[login], company)
                    self.assertEqual(self._figure(company), wanted[company], "by the counts")
