from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_complaints.incident.tests.common import IncidentCommon
from odoo.addons.water_service_desk.base.moments import which_of_two
from odoo.addons.water_service_desk.intake.filing import parse_local

BERLIN = ZoneInfo("Europe/Berlin")
#: states of a clock before and after a miss
STATES = ("running", "breached")


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
                    acts.restore(self._as("supervisor", incident), berlin(end), "恢复供水。")
                self.assertEqual(incident.minutes_out, minutes)
                self.assertEqual(sum(incident.minutes_ids.mapped("minutes")), minutes)

    # -- the hour that comes twice, and the one that is left out ------------------------------

    def _visited(self, begin, end):
        """An appointment of a complaint of the day before."""
        case = self._received(f"{begin:%Y-%m}-23 10:00", email_from="zhang@example.com")
        self.customer.tz = "Europe/Berlin"
        with self._at(f"{begin:%Y-%m}-23 10:30"):
            acts.readback(self._as("agent", case))
            return acts.plan_visit(self._as("agent", case), self.net, begin, end).with_env(self.env)

    def _slot_of(self, visit):
        """As it is written where the day has 24 hours."""
        return visit.with_context(lang="zh_CN")._slot_for("Europe/Berlin")

    def test_visit_in_the_hour_that_comes_twice(self):
        """From the first two o'clock to the second half past two: missed after that one alone."""
        end = berlin("2026-10-25 02:30", fold=1)
        visit = self._visited(berlin("2026-10-25 02:00"), end)
        text = "02:00 (UTC+2)–02:30 (UTC+1)"
        self.assertTrue(self._slot_of(visit).endswith(text))
        mails = self.env["mail.mail"].search([("model", "=", visit._name)])
        mine = mails.filtered(lambda mail: mail.res_id == visit.id)
        told = str(mine[-1:].body_html).replace("\u202f", " ")
        self.assertIn("2:00 AM (UTC+2)–2:30 AM (UTC+1)", told)
        clock = visit.deadline_ids
        self.assertEqual(clock.due_at, end)
        for at, missed in ((berlin("2026-10-25 02:31"), False), (end, False), (end, True)):
            with freeze_time(at + timedelta(seconds=missed)):
                self._sweep()
            self.assertEqual((clock.state, bool(visit.missed_at)), (STATES[missed], missed))

    def test_visit_across_the_hour_that_is_left_out(self):
        """01:30 to 03:30 is one hour here, not two."""
        end = berlin("2026-03-29 03:30")
        visit = self._visited(berlin("2026-03-29 01:30"), end)
        self.assertEqual(visit.slot_to - visit.slot_from, timedelta(hours=1))
        self.assertTrue(self._slot_of(visit).endswith("01:30–03:30"))
        with freeze_time(end):
            self._sweep()
        self.assertEqual(visit.deadline_ids.state, "running")

    def test_calendar_days_that_end_in_such_an_hour(self):
        """Of the two 02:30 the first; a missing time counts as much later."""
        office = self.company.water_calendar_id
        for start, due in (
            ("2026-10-20 02:30", berlin("2026-10-25 02:30", fold=0)),
            ("2026-03-24 02:30", berlin("2026-03-29 03:30")),
        ):
            self.assertEqual(office._water_due_at(berlin(start), 5, "calendar_day")[0], due)

    def test_read_and_typed_texts(self):
        """Pages, letters and lists say which of the two; the typed time means the first."""
        first, second = (berlin("2026-10-25 02:30", fold) for fold in (0, 1))
        case = self._received("2026-10-23 10:00")
        here = case.with_context(tz="Europe/Berlin").with_user(self.users["portal1"])
        self.users["portal1"].tz = "Europe/Berlin"
        self.assertEqual(here._portal_time(first), "2026-10-25 02:30 (UTC+2)")
        self.assertEqual(here._portal_time(second), "2026-10-25 02:30 (UTC+1)")
        self.assertEqual(here._portal_time(first - timedelta(hours=1)), "2026-10-25 01:30")
        incident = self.env["water.incident"].new({"company_id": self.company.id})
        self.assertTrue(incident._local(second).endswith("(UTC+1)"))
        self.assertTrue(incident._page_time(second).endswith("02:30 (UTC+1)"))
        self.assertEqual(which_of_two(second, "Asia/Shanghai"), "")
        self.assertEqual(parse_local("2026-10-25T02:30", "Europe/Berlin"), first)
        self.assertEqual(
            parse_local("2026-03-29T02:30", "Europe/Berlin"), berlin("2026-03-29 03:30")
        )
