from datetime import date, timedelta

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.appeal.tests.common import AppealCommon, appeal_clock, at
from odoo.addons.water_service_desk.base.tests.common import local

#: Free days of a year that is loaded on 4 January, before anything is due.
FREE = (date(2027, 1, 1), date(2027, 1, 4), date(2027, 1, 5))


@tagged("post_install", "-at_install")
@freeze_time(local("2026-12-29 10:00"))
class TestScenarioNewYear(AppealCommon):
    """Next year's holidays are unknown: promises are provisional."""

    def _load(self, moment, days=FREE):
        for minute, day in enumerate(days):
            with freeze_time(local(moment) + timedelta(minutes=minute)):
                self.env["water.calendar.day"].create({"name": "元旦", "date": day, "kind": "off"})
        with freeze_time(local(moment) + timedelta(hours=1)):
            self._sweep()
            self._sweep()

    def _told(self, case):
        messages = self.env["water.message"].search([("complaint_id", "=", case.id)])
        return messages.filtered(lambda row: "New date for" in (row.subject or ""))

    def _page(self, case):
        return self._as("portal1", case)._portal_find(case.id).sudo()._portal_page()

    def _promise(self, case):
        rows = {row["kind"]: row for row in self._page(case)["promises"]}
        return rows["close"]["until"]

    def test_a_complaint_over_new_year(self):
        """Registered on 29 December, moved once by the year that is loaded, told once."""
        case = self._complaint(email_from="zhang@example.com")
        clock = self._clock(case, "close")
        self.assertEqual((clock.due_at, clock.provisional), (local("2027-01-05 17:30"), True))
        self.assertIn("provisional", self._promise(case))
        near = self._complaint(category_id=self._category("wq01").id)
        self.assertFalse(self._clock(near, "verify").provisional)  # it ends in the old year
        self._load("2026-12-31 09:00")
        self.assertLocal(clock.due_at, "2027-01-08 17:30")
        self.assertFalse(clock.provisional or clock.promised_provisional)
        self.assertNotIn("provisional", self._promise(case))
        self.assertEqual(len(self._told(case)), 1)
        self.assertEqual(case.promised_at, clock.due_at)
        self._load("2026-12-31 12:00", [date(2027, 5, 3)])
        self.assertEqual(len(self._told(case)), 1)
        with at("2027-01-08 17:30"):
            self._sweep()
            self.assertEqual(clock.state, "running")
            self._step_dispatched(case, "agent", self.net)
            self._step_investigating(case, "agent", self.net)
            self._step_handling(case, "agent", self.net)
            self._step_notified(case, "agent", self.net)
        self.assertEqual(clock.state, "met")  # the very second is in time
        self.assertWhole(case)

    def test_a_limit_that_passes_before_the_year_is_loaded(self):
        """No limit is missed before its days are known; then it moves, and is told once."""
        case = self._complaint(email_from="zhang@example.com")
        clock = self._clock(case, "close")
        with at("2027-01-05 17:31"):
            self._sweep()
        self.assertEqual(clock.state, "running")
        self._load("2027-01-06 09:00", [date(2027, 1, 5), date(2027, 1, 6)])
        self.assertEqual((clock.state, clock.promised_provisional), ("running", False))
        self.assertEqual((clock.due_at, len(self._told(case))), (local("2027-01-07 17:30"), 1))

    def test_an_appeal_over_new_year(self):
        """Receipt and decision of an appeal follow the year, too, each once."""
        case = self._complaint_at("notified", email_from="zhang@example.com")
        appeal = self._appeal(case)
        receipt, decision = appeal_clock(appeal, "receipt"), appeal_clock(appeal, "decision")
        self.assertTrue(decision.provisional)
        before = decision.due_at, receipt.due_at
        self._load("2026-12-30 09:00")
        self.assertGreater(decision.due_at, before[0])
        self.assertFalse(decision.provisional)
        self.assertEqual(appeal.due_at, min(decision.due_at, receipt.due_at))
        self._accepted(appeal)
        self._decided(appeal)
        self.assertEqual(decision.state, "met")
        self.assertWhole(case)
