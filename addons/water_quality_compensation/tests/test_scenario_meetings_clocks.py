from datetime import date, timedelta

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_complaints.appeal.tests.common import at
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_quality.kpi.tests.plain_count import PlainCount
from odoo.addons.water_service_desk.base.tests.common import local

from .meeting_common import MeetingCommon
from .test_scenario_summer_time import berlin

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@tagged("post_install", "-at_install")
class TestScenarioMeetingsBerlin(MeetingCommon):
    """A company in Berlin, where the clocks change between a promise and its day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        office = cls.company.water_calendar_id.copy({"tz": "Europe/Berlin"})
        cls.company.water_calendar_id = office
        cls.customer.tz = "Europe/Berlin"

    def _at(self, text):
        return freeze_time(berlin(text))

    def _swept(self, moment):
        with freeze_time(moment):
            self._sweep()
        self.env.invalidate_all()

    def test_a_promise_for_after_the_change(self):
        """Ten on the wall on Monday, kept to the second, and read as ten."""
        due = berlin("2026-03-30 10:00")
        with self._at("2026-03-27 10:00"):
            case = self._complaint()
            acts.promise(self._as("agent", case), "周一十点前回电", due, "other")
            clock = case.deadline_ids.filtered(lambda row: row.kind == "promise")
        page = self._as("portal1", case)._portal_find(case.id).sudo()._portal_page()
        self.assertIn("2026-03-30 10:00", str(page["promises"]))
        self._swept(due)
        self.assertEqual(clock.state, "running")
        self._swept(due + timedelta(seconds=1))
        self.assertEqual((clock.state, clock.breached_at), ("breached", due))

    def test_a_call_that_was_wished_for_after_the_change(self):
        with self._at("2026-10-23 16:00"):
            case = self._complaint()
            wished = berlin("2026-10-26 09:00")
            call = acts.call_back(self._as("agent", case), wished).sudo()
        self.assertEqual(call.wished_at, wished)
        self.assertEqual(call.due_at - wished, timedelta(hours=1))
        self._swept(call.due_at)
        self.assertEqual(call.deadline_id.state, "running")

    def test_the_call_after_the_end(self):
        """Three working days from Friday end on Wednesday at the close of business."""
        for day, due in (("2026-03-27", "2026-04-01"), ("2026-10-23", "2026-10-28")):
            with self.subTest(day), self._at(f"{day} 10:00"):
                case = self._complaint_at("confirmed")
                self.assertEqual(case.callback_ids.due_at, berlin(f"{due} 17:30"))

    def test_payable_on_the_day_of_the_change(self):
        """The day of 23 hours, and that of 25, ends at its own midnight."""
        for day, before in (("2026-03-29", "2026-03-20"), ("2026-10-25", "2026-10-16")):
            with self.subTest(day), self._at(f"{before} 10:00"):
                case = self._complaint()
                self._approved(case=case, due_on=day)
                clock = self._clock(case, "payment")
                self.assertEqual(clock.due_at, berlin(f"{day} 23:59:59"))

    def test_no_penalty_before_midnight_in_berlin(self):
        row = self._entitlement(due_on="2026-03-29", failed_at=berlin("2026-03-20 10:00"))
        with self._at("2026-03-29 23:59"):
            self.assertNotIn(row, row.search(row._late_domain()))
        with self._at("2026-03-30 00:01"):
            self.assertIn(row, row.search(row._late_domain()))

    def test_the_last_day_to_appeal(self):
        """Until midnight in the company's time zone, regardless of the customer's."""
        self.customer.tz = "Asia/Shanghai"
        with self._at("2026-03-20 10:00"):
            case = self._complaint_at("notified")
            until = case.notice_ids.appeal_until
            self.assertEqual(until, date(2026, 4, 4))
        with self._at("2026-04-04 23:30"):
            self.assertEqual(acts.appeal_until(case), until)
            self.assertTrue(self._appeal(case))
        with self._at("2026-03-20 10:00"):
            other = self._complaint_at("notified", address="西城路1号")
        with self._at("2026-04-05 00:30"):
            self.assertFalse(acts.appeal_until(other))
            with self.assertRefused("The last day to appeal was", other):
                self._appeal(other)

    def test_new_year_begins_in_berlin(self):
        """Half past eleven on New Year's Eve is of the old year, though it is 2027 in Shanghai."""
        with self._at("2026-12-31 23:30"):
            case = self._complaint()
            self.assertTrue(case.name.startswith("TS202612"), case.name)
            clock = self._clock(case, "close")
            self.assertTrue(clock.provisional)
            self.assertEqual(clock.due_at, berlin("2027-01-07 17:30"))
            self.env["water.calendar.day"].create(
                {"name": "元旦", "date": "2027-01-01", "kind": "off"}
            )
        self._swept(berlin("2027-01-02 09:00"))
        self.assertEqual((clock.due_at, clock.provisional), (berlin("2027-01-08 17:30"), False))


@tagged("post_install", "-at_install")
class TestScenarioMeetingsRounds(MeetingCommon):
    """Late in one round, and the count when the case comes again."""

    def _figure(self, code, start=MARCH, end=APRIL):
        kpi = self.env.ref(f"water_quality.kpi_{code}")
        found = kpi._count(self.company, start, end)
        whole = found["company", False]
        slow = PlainCount(self.env, self.company, start, end)
        self.assertEqual(whole, slow.figure(code.upper()))
        return whole, found.get(("department_id", self.net.id), (0, 0))

    def _late_promise(self):
        """Promised by Thursday noon while NET had it, kept on Friday."""
        with at("2026-03-11 10:00"):
            case = self._complaint_at("investigating")
            acts.promise(
                self._as("agent", case), "周四中午前说明", local("2026-03-12 12:00"), "other"
            )
            clock = case.deadline_ids.filtered(lambda row: row.kind == "promise")
        with at("2026-03-12 12:01"):
            self._sweep()
        with at("2026-03-13 10:00"):
            self._step_handling(case, "agent", self.net)
            self._step_notified(case, "agent", self.net)
        self.env.invalidate_all()
        return case, clock

    def test_kept_late_and_handled_again(self):
        """Late once, in its round and for its holder; the next promise is separate."""
        before = self._figure("k24")[0]
        case, clock = self._late_promise()
        facts = (clock.state, clock.handling_round, clock.breached_department_id)
        self.assertEqual(facts, ("breached", 1, self.net))
        self.assertTrue(clock.met_at)
        self.assertFalse(clock.is_pending)
        with at("2026-03-16 10:00"):
            acts.contest(self._as("agent", case), "没有解决")
            self._dispatch(case, self.lab)
            acts.promise(self._as("agent", case), "周三前说明", local("2026-03-18 12:00"), "other")
            self._sweep()
        self.env.invalidate_all()
        facts = (clock.state, clock.handling_round, clock.breached_department_id)
        self.assertEqual(facts, ("breached", 1, self.net))
        again = case.deadline_ids.filtered(lambda row: row.kind == "promise") - clock
        self.assertEqual((again.handling_round, again.state), (2, "running"))
        close = case.deadline_ids.filtered(lambda row: row.kind == "close").sorted("id")
        self.assertEqual(close.mapped("handling_round"), [1, 2])
        with at("2026-03-17 10:00"):
            self._finish_lead(case, "department2")
            self._notify(case)
        self.env.invalidate_all()
        self.assertEqual(again.state, "met")
        after = self._figure("k24")[0]
        self.assertEqual((after[0] - before[0], after[1] - before[1]), (1, 2))
        self.assertEqual(self._figure("k11")[0], (1, 1))

    def test_kept_late_and_merged(self):
        """Handed on with the matter, it is counted there, once."""
        before = self._figure("k24")[0]
        with at("2026-03-11 10:00"):
            lead = self._complaint_at("investigating", partner_id=self.customer2.id)
            case = self._complaint()
            acts.promise(
                self._as("agent", case), "周四中午前说明", local("2026-03-12 12:00"), "other"
            )
            self._merge(case, lead)
        with at("2026-03-12 12:01"):
            self._sweep()
        with at("2026-03-13 10:00"):
            self._step_handling(lead, "agent", self.net)
            self._step_notified(lead, "agent", self.net)
        self.env.invalidate_all()
        after = self._figure("k24")[0]
        self.assertEqual((after[0] - before[0], after[1] - before[1]), (0, 1))

    # -- other bodies, call-backs, archives ------------------------------------------------------

    def test_no_call_and_an_appeal(self):
        """Customers who want no call can still appeal, as announced."""
        with at("2026-03-11 10:00"):
            case = self._complaint_at("confirmed")
            call = self._as("quality", case.callback_ids)
            call.outcome = "refused"
            call.action_done()
            self.env.invalidate_all()
            self._step_archived(case, "agent", self.net)
        with at("2026-03-26 10:00"):
            self.assertTrue(acts.appeal_until(case))
            appeal = self._appeal(case)
            self._accepted(appeal)
            self._decided(appeal, "upheld", reopen=True, remedy="重新处理")
        self.env.invalidate_all()
        follow = appeal.follow_up_id
        self.assertEqual(case.state, "archived")
        self.assertIn(self.users["department"], self._barred(follow, self.users["department"]))
        self.assertWhole(case)

    def test_an_order_comes_to_what_is_filed(self):
        """The archive stays shut; the body's own limit runs under a new number."""
        with at("2026-03-11 10:00"):
            case = self._complaint_at("archived")
            sealed = case.archive_digest
        with at("2026-03-16 10:00"):
            order = self._order("2026-03-20 17:30", "R-9")
            with self.assertRefused("still open", order):
                self._merge(order, case)
            acts.link(self._as("agent", order), case) if not order.repeat_of_id else None
        self.env.invalidate_all()
        self.assertEqual((case.archive_digest, case.state), (sealed, "archived"))
        self.assertTrue(self._clock(order, "external").is_pending)
        self.assertWhole(case | order)

    def test_paused_in_an_unknown_year(self):
        """A pause over New Year continues by the year published meanwhile."""
        with at("2026-12-28 10:00"):
            case = self._complaint(email_from="zhang@example.com")
            clock = self._clock(case, "close")
            self.assertTrue(clock.provisional)
            self._stop(clock, "2027-01-04 10:00")
        with at("2026-12-30 10:00"):
            for day in ("2027-01-01", "2027-01-04"):
                self.env["water.calendar.day"].create({"name": "元旦", "date": day, "kind": "off"})
            self._sweep()
        self.assertEqual(clock.state, "paused")
        with at("2027-01-04 10:01"):
            self._sweep()
        with at("2027-01-05 08:30"):
            self._sweep()
        self.env.invalidate_all()
        self.assertEqual((clock.state, clock.provisional), ("running", False))
        with at("2026-12-28 10:00"):
            office = self.company.water_calendar_id
            left = office._water_due_at(local("2026-12-28 10:00"), 5, "working_day")[0]
        self.assertGreater(clock.due_at, left)
        self.assertWhole(case)
