from datetime import date, timedelta

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import WaterCommon, local

#: a working Wednesday before the year without published holidays
YEAR_END = local("2026-12-30 10:00")


@tagged("post_install", "-at_install")
class TestProvisional(WaterCommon):
    """New Year without holidays: told as provisional, settled once, and on record."""

    def setUp(self):
        super().setUp()
        with freeze_time(YEAR_END):
            self.case = self._inquiry(email_from="zhang@example.com")
        self.clock = self._clock(self.case, "close")

    def _load(self, *days):
        with freeze_time(YEAR_END + timedelta(hours=2)):
            for day in days:
                self.env["water.calendar.day"].create({"name": "元旦", "date": day, "kind": "off"})
            self._sweep()
            self._sweep()

    def _told(self):
        return self.env["water.message"].search(
            [("inquiry_id", "=", self.case.id), ("subject", "like", "New date for")]
        )

    def test_words(self):
        """Mails and the customer's page say that the date is provisional."""
        self.assertTrue(self.clock.provisional)
        self.assertTrue(self.clock.promised_provisional)
        case = self.case.with_context(lang="zh_CN")
        for text in (
            case._customer_time(self.clock.due_at),
            case._portal_time(self.clock.due_at),
            case._customer_promise(),
            self.clock.with_context(lang="zh_CN")._customer_new_date(),
        ):
            self.assertIn("暂定", text)
        self.assertNotIn("暂定", case._customer_time(self.case.received_at))

    def test_moved_told_once_and_logged(self):
        before = self.clock.due_at
        self._load(date(2027, 1, 1), date(2027, 1, 4), date(2027, 1, 5))
        self.assertGreater(self.clock.due_at, before)
        self.assertFalse(self.clock.provisional or self.clock.promised_provisional)
        self.assertEqual(len(self._told()), 1)
        self.assertIn("clock_replanned", self._kinds(self.case))
        self.assertNotIn("provisional", self.case._customer_time(self.clock.due_at))
        self._load(date(2027, 10, 1))
        self.assertEqual(len(self._told()), 1)

    def test_settled_without_a_move(self):
        """The date is the same, now certain, so there is no notice."""
        before = self.clock.due_at
        self._load(date(2027, 10, 1))
        self.assertEqual(self.clock.due_at, before)
        self.assertFalse(self.clock.provisional or self.clock.promised_provisional)
        self.assertFalse(self._told())

    def test_known_too_late(self):
        """A date that was over before it became certain stays what it was promised as."""
        with freeze_time(self.clock.due_at + timedelta(hours=1)):
            self.env["water.calendar.day"].create(
                {"name": "国庆节", "date": date(2027, 10, 1), "kind": "off"}
            )
        self.assertTrue(self.clock.promised_provisional)

    def _sweep_at(self, moment):
        with freeze_time(local(moment)):
            self._sweep()

    def _know(self, moment, *days):
        """Holidays of the new year become known, and the sweep comes."""
        with freeze_time(local(moment)):
            for day in days:
                self.env["water.calendar.day"].create({"name": "元旦", "date": day, "kind": "off"})
            self._sweep()

    def test_provisional_limit_on_a_later_holiday_is_not_missed(self):
        self.assertLocal(self.clock.due_at, "2027-01-01 17:30")
        self._sweep_at("2027-01-01 18:00")
        self.assertEqual(self.clock.state, "running")
        self.assertFalse(self.clock.breached_at)
        self._know("2027-01-02 10:00", date(2027, 1, 1))
        self.assertLocal(self.clock.due_at, "2027-01-04 17:30")
        self.assertEqual(self.clock.state, "running")
        self._sweep_at("2027-01-04 17:31")
        self.assertEqual(self.clock.state, "breached")
        self.assertLocal(self.clock.breached_at, "2027-01-04 17:30")

    def test_provisional_limit_is_missed_once_days_are_known(self):
        self._sweep_at("2027-01-01 18:00")
        self._know("2027-01-04 10:00", date(2027, 10, 1))
        self.assertEqual(self.clock.state, "breached")
        self.assertLocal(self.clock.breached_at, "2027-01-01 17:30")

    def test_provisional_limit_is_missed_when_no_holidays_could_move_it(self):
        self._sweep_at("2027-01-29 17:00")
        self.assertEqual(self.clock.state, "running")
        self.assertLocal(self.clock.next_check_at, "2027-01-29 17:30:01")
        self._sweep_at("2027-01-29 17:31")
        self.assertEqual(self.clock.state, "breached")

    def _answer(self, moment):
        with freeze_time(local(moment)):
            self._as("agent", self.case).write({"answer": "已答复"})
            self._as("agent", self.case).action_answer()
        self.assertEqual(self.clock.state, "met")

    def test_clock_met_after_provisional_limit_is_judged_by_known_days(self):
        self._answer("2027-01-04 10:00")
        self._know("2027-01-05 10:00", date(2027, 1, 1))
        self.assertEqual(self.clock.state, "met")
        self.assertLocal(self.clock.due_at, "2027-01-04 17:30")
        self.assertFalse(self.clock.provisional)

    def test_clock_met_after_provisional_limit_is_missed_when_it_did_not_move(self):
        self._answer("2027-01-04 10:00")
        self._know("2027-01-05 10:00", date(2027, 10, 1))
        self.assertEqual(self.clock.state, "breached")
        self.assertLocal(self.clock.breached_at, "2027-01-01 17:30")
        self.assertIn("clock_breached", self._kinds(self.case))

    def test_work_bound_to_a_provisional_promise_is_not_missed(self):
        with freeze_time(YEAR_END):
            dispatch = self._dispatch(self.case)
        work = dispatch.deadline_ids
        self.assertEqual(work.due_at, self.clock.due_at)
        self._sweep_at("2027-01-01 18:00")
        self.assertEqual(work.state, "running")
        self._know("2027-01-02 10:00", date(2027, 1, 1))
        self.assertLocal(work.due_at, "2027-01-04 17:30")
