from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local

from ...complaint.tests import acts
from .common import IncidentCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-11 12:00"))
class TestOutageMinutes(IncidentCommon):
    """A household is without water once in a minute, however many incidents there are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.west = cls.env["water.zone"].create({"code": "T-XC", "name": "西城片区"})

    def _out(self, begin, end, **values):
        """An outage of the zone on 11 March, of three households unless it is said otherwise."""
        values = {"plan_id": False, "family_ids": False, "aware_at": local(begin), **values}
        incident = self._open(**values)
        if end:
            self._end(incident, end)
        return incident

    def _end(self, incident, end):
        with self._at(end):
            acts.restore(self._as("supervisor", incident), local(end), "已恢复供水。")

    def _counted(self, incident):
        return sum(incident.minutes_ids.mapped("household_minutes"))

    def _homes(self, count=3):
        return [self._account(number) for number in range(count)]

    def test_two_in_one_area(self):
        """The first incident counts its households, the second the remaining minutes."""
        self._homes()
        later = self._out("2026-03-11 09:00", "2026-03-11 11:00")
        self.assertEqual(self._counted(later), 3 * 120)
        first = self._out("2026-03-11 08:00", "2026-03-11 10:00")
        self.assertEqual((self._counted(first), self._counted(later)), (3 * 120, 3 * 60))
        row = later.minutes_ids
        self.assertEqual((row.minutes, row.households), (120, 3))
        self._as("supervisor", first).aware_at = local("2026-03-11 09:30")  # put right
        self.assertEqual((self._counted(first), self._counted(later)), (0, 3 * 120))

    def test_one_within_another(self):
        self._homes()
        whole = self._out("2026-03-11 08:00", "2026-03-11 11:00")
        inner = self._out("2026-03-11 09:00", "2026-03-11 10:00")
        same = self._out("2026-03-11 08:00", "2026-03-11 11:00")
        self.assertEqual([self._counted(row) for row in (whole, inner, same)], [3 * 180, 0, 0])

    def test_a_part_of_the_area(self):
        """One household had no water already: two are counted anew, then all three."""
        homes = self._homes()
        part = self._out(
            "2026-03-11 08:00", "2026-03-11 09:00", zone_ids=False, account_ids=homes[0].ids
        )
        whole = self._out("2026-03-11 08:30", "2026-03-11 09:30")
        self.assertEqual(self._counted(part), 60)
        self.assertEqual(self._counted(whole), 30 * 2 + 30 * 3)

    def test_other_places_and_other_troubles(self):
        """Other zones, bad water and touching times do not reduce it."""
        self._homes()
        self._account(9, zone_id=self.west.id)
        self._out("2026-03-11 08:00", "2026-03-11 10:00", zone_ids=self.west.ids)
        bad = {"kind_id": self._kind("quality").id}
        self._out("2026-03-11 08:00", "2026-03-11 10:00", **bad)
        self._out("2026-03-11 07:00", "2026-03-11 08:30")
        incident = self._out("2026-03-11 08:30", "2026-03-11 10:00")
        self.assertEqual(self._counted(incident), 3 * 90)

    def test_two_zones_and_the_end_of_a_month(self):
        """One zone has had none since the evening; the months add up each by itself."""
        self._homes()
        self._account(9, zone_id=self.west.id)
        with self._at("2026-04-01 02:00"):
            self._out("2026-03-31 22:00", "2026-04-01 00:30", zone_ids=self.west.ids)
            both = (self.zone | self.west).ids
            incident = self._out("2026-03-31 23:00", "2026-04-01 01:00", zone_ids=both)
        rows = {(row.zone_id, row.month.month): row for row in incident.minutes_ids}
        counted = {key: (row.minutes, row.household_minutes) for key, row in rows.items()}
        self.assertEqual(
            counted,
            {
                (self.zone, 3): (60, 180),
                (self.zone, 4): (60, 180),
                (self.west, 3): (60, 0),
                (self.west, 4): (60, 30),
            },
        )

    def test_typed_values(self):
        """Without known accounts, at most the other incident's number is subtracted."""
        small = self._out("2026-03-11 08:00", "2026-03-11 10:00", households=40)
        large = self._out("2026-03-11 09:00", "2026-03-11 10:00", households=100)
        self.assertEqual((self._counted(small), self._counted(large)), (40 * 120, 60 * 60))
        self._as("supervisor", small).households = 70
        self.assertEqual((self._counted(small), self._counted(large)), (70 * 120, 30 * 60))

    def test_planned_work_and_a_burst_in_it(self):
        """Planned shutdowns count until their end, not as lost by the burst."""
        self._homes()
        planned = {"kind_id": self._kind("planned").id}
        planned |= {"notice_given_at": local("2026-03-09 08:00")}
        work = self._out(
            "2026-03-11 08:00",
            "2026-03-11 10:00",
            announced_end_at=local("2026-03-11 10:00"),
            **planned,
        )
        burst = self._out("2026-03-11 09:00", "2026-03-11 11:00")
        self.assertEqual((self._counted(work), self._counted(burst)), (3 * 120, 3 * 60))
        self.assertEqual(burst.minutes_ids.mapped("is_planned"), [False])

    def test_another_company_has_its_own(self):
        other = self.env["res.company"].create({"name": "Second Water"})
        self._homes()
        self._out("2026-03-11 08:00", "2026-03-11 10:00").sudo().company_id = other
        incident = self._out("2026-03-11 08:00", "2026-03-11 10:00")
        self.assertEqual(self._counted(incident), 3 * 120)
