from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ..incident.tests.common import IncidentCommon

BERLIN = ZoneInfo("Europe/Berlin")


def berlin(text, fold=0):
    """The naive UTC moment of a time on the walls of Berlin; ``fold`` 1: the second time."""
    moment = datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)
    return moment.astimezone(UTC).replace(tzinfo=None)


@tagged("post_install", "-at_install")
class TestScenarioSummerTime(IncidentCommon):
    """A company in Berlin: clocks across 29 March and 25 October 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        office = cls.company.water_calendar_id.copy({"tz": "Europe/Berlin"})
        cls.company.water_calendar_id = office

    def _at(self, text, fold=0):
        return freeze_time(berlin(text, fold))

    def _received(self, text, **values):
        with self._at(text):
            return self._complaint(**values)

    def assertDue(self, case, kind, text):
        self.assertEqual(self._clock(case, kind).due_at, berlin(text), kind)

    def test_working_days_end_at_the_close_of_business(self):
        """17:30 on the wall, before and after the change, to the second."""
        for received, due in (
            ("2026-03-27 10:00", "2026-04-03 17:30"),
            ("2026-10-23 10:00", "2026-10-30 17:30"),
        ):
            with self.subTest(received=received):
                case = self._received(received)
                self.assertDue(case, "close", due)
                clock = self._clock(case, "close")
                with freeze_time(berlin(due)):
                    self._sweep()
                    self.assertEqual(clock.state, "running")
                with freeze_time(berlin(f"{due}:01")):
                    self._sweep()
                self.assertEqual((clock.state, clock.breached_at), ("breached", berlin(due)))

    def test_hours_are_hours(self):
        """24 hours from Saturday noon end at one in spring, at eleven in autumn."""
        for received, due in (
            ("2026-03-28 12:00", "2026-03-29 13:00"),
            ("2026-10-24 12:00", "2026-10-25 11:00"),
        ):
            with self.subTest(received=received):
                case = self._received(received, category_id=self._category("wq01").id)
                self.assertDue(case, "verify", due)

    def test_calendar_days_keep_the_time_of_the_wall(self):
        office = self.company.water_calendar_id
        for start, due in (
            ("2026-03-27 16:00", "2026-04-01 16:00"),
            ("2026-10-23 16:00", "2026-10-28 16:00"),
        ):
            self.assertEqual(office._water_due_at(berlin(start), 5, "calendar_day")[0], berlin(due))

    def test_minutes_without_water_are_minutes(self):
        """One in the morning to four: two hours in the night of spring, four in that of autumn."""
        for begun, minutes in (("2026-03-29 01:00", 120), ("2026-10-25 01:00", 240)):
            with self.subTest(begun=begun):
                with self._at(begun):
                    incident = self._open(family_ids=False, plan_id=False, households=10)
                end = begun.replace("01:00", "04:00")
                with self._at(end):
                    self._as("supervisor", incident)._restore(berlin(end), "恢复供水。")
                self.assertEqual(incident.minutes_out, minutes)
                self.assertEqual(sum(incident.minutes_ids.mapped("minutes")), minutes)
