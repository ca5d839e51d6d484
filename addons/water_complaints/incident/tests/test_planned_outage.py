from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local

from ...complaint.tests import acts
from .common import IncidentCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-09 08:00"))
class TestPlannedOutage(IncidentCommon):
    """Announced in time, joined while it lasts, late after its announced end (S2.1.3)."""

    def _planned(self, begin="2026-03-11 08:00", end="2026-03-11 18:00", **values):
        return self._as("supervisor", self.incidents).create(
            {
                "subject": "南湖路计划停水",
                "kind_id": self._kind("planned").id,
                "zone_ids": self.zone.ids,
                "aware_at": local(begin),
                "announced_end_at": end and local(end),
                "manager_id": self.users["supervisor"].id,
                **values,
            }
        )

    def test_channel_to_tell_holder(self):
        """None after an opt-out; otherwise the preference, or the channel available."""
        planned, burst = self._planned(), self._open()
        self.customer.email = "zhang@example.com"
        self.assertEqual(planned._medium_of(self.customer, {}), "mail")
        self.customer.water_message_medium = "none"
        for incident in (planned, burst):
            self.assertIs(incident._medium_of(self.customer, {}), False)

    def test_lead_time_is_checked_before_anything_goes_out(self):
        """24 hours; 48 for more than 12 hours; asked of the draft already."""
        self.assertFalse(self._planned().lead_alert)
        self.assertIn("announced end", self._planned(end=False).lead_alert)
        late = self._planned(begin="2026-03-10 06:00", end="2026-03-10 17:00")
        self.assertIn("24 hours before", late.lead_alert)
        self.assertIn("22.0 hours: 2.0 hours are missing", late.lead_alert)
        self.assertIn("supervisor", late.lead_alert)
        exact = self._planned(begin="2026-03-10 08:00", end="2026-03-10 20:00")
        self.assertFalse(exact.lead_alert)
        long = self._planned(begin="2026-03-10 08:00", end="2026-03-10 20:01")
        self.assertIn("48 hours before", long.lead_alert)
        self.company.water_planned_hours = 20
        self.env.invalidate_all()
        self.assertFalse(late.lead_alert)

    def test_too_late_is_not_told_unless_a_supervisor_answers_for_it(self):
        incident = self._planned(begin="2026-03-10 06:00", end="2026-03-10 17:00")
        incident.action_start()
        with self.assertRaisesRegex(UserError, "2.0 hours are missing"):
            acts.announce(incident, "明早停水。")
        self.assertFalse(incident.notice_ids or incident.notice_given_at)
        with self.assertRaisesRegex(AccessError, "Only a supervisor"):
            acts.waive_lead(self._as("agent", incident), "阀门失效，等不得")
        with self.assertRaisesRegex(UserError, "Give the reason"):
            acts.waive_lead(incident, "  ")
        self.assertFalse(incident.lead_waived_at)
        acts.waive_lead(incident, "阀门失效，等不得")
        self.assertEqual(incident.lead_waived_by_id, self.users["supervisor"])
        self.assertFalse(incident.lead_alert)
        acts.announce(incident, "明早停水。")
        self.assertEqual(incident.notice_given_at, local("2026-03-09 08:00"))
        self.assertFalse(incident.is_told_in_time)  # allowed, and late all the same

    def test_told_in_time_is_kept(self):
        incident = self._planned()
        incident.action_start()
        acts.announce(incident, "周三停水。")
        self.assertTrue(incident.is_told_in_time)

    def test_a_late_outage_that_has_begun_is_told(self):
        with self._at("2026-03-11 08:00"):
            incident = self._planned()
            incident.action_start()
            self.assertTrue(acts.announce(incident, "现在停水。"))

    def test_no_news_asked_for_before_begin(self):
        incident = self._planned()
        incident.action_start()
        for moment in ("2026-03-09 12:00", "2026-03-11 07:50", "2026-03-11 09:50"):
            with self._at(moment):
                self._broadcast()
        asked = incident.activity_ids.filtered(lambda row: "ell all customers" in row.summary)
        self.assertFalse(asked)
        with self._at("2026-03-11 10:00"):
            self._broadcast()
        asked = incident.activity_ids.filtered(lambda row: "ell all customers" in row.summary)
        self.assertEqual(len(asked), 1)

    def test_plan_steps_lie_before_the_beginning(self):
        incident = self._planned()
        incident.action_start()
        told = incident.activity_ids.filtered(lambda row: "逐户通知医院" in row.summary)
        self.assertEqual(str(told.date_deadline), "2026-03-10")
        self.assertIn("8:00", told.summary)

    def test_attached_customers_and_times(self):
        """Before it begins only who asks; while it lasts who has no water, without a crew."""
        incident = self._planned()
        incident.action_start()
        early = self._caller(code="ot03")
        asks = self._inquiry(category_id=self._category("ot06").id, zone_id=self.zone.id)
        self.assertEqual((bool(early.incident_id), asks.incident_id), (False, incident))
        self.assertTrue(self._clock(early, "on_site"))
        with self._at("2026-03-11 09:00"):
            during = self._caller(code="ot03", number=2)
            burst = self._caller(code="lk01", number=3)
        self.assertEqual(during.incident_id, incident)
        self.assertFalse(self._clock(during, "on_site"))
        self.assertFalse(burst.incident_id)  # a burst main is no planned work
        self.assertTrue(self._clock(burst, "on_site"))

    def test_early_on_site_clock_ends_when_it_joins(self):
        with self._at("2026-03-11 08:30"):
            case = self._caller(code="ot02")
            self.assertEqual(self._clock(case, "on_site").state, "running")
            incident = self._planned()
            incident.action_start()
        self.assertEqual(case.incident_id, incident)
        self.assertEqual(self._clock(case, "on_site").state, "void")

    def test_pick_up_before_and_after_the_announced_end(self):
        account = self._account(1)
        incident = self._planned()
        incident.action_start()
        with self._at("2026-03-11 17:59"):
            call = self._as("agent", self.env["water.call"]).create({"query": account.code})
            self.assertIn("Planned: 南湖路计划停水", call.alerts)
            call.category_id = self._category("ot03")
            call._onchange_late_outage()
            self.assertEqual(call.category_id, self._category("ot03"))
        with self._at("2026-03-11 18:01"):
            call = self._as("agent", self.env["water.call"]).create({"query": account.code})
            self.assertIn("OT05", call.alerts)
            call._onchange_late_outage()
            self.assertEqual(call.category_id, self._category("ot05"))
            call.category_id = self._category("ot06")
            call._onchange_late_outage()
            self.assertEqual(call.category_id, self._category("ot06"))
            late = self._caller(code="ot05")
            self._broadcast()
            self._broadcast()
        self.assertEqual(late.incident_id, incident)
        self.assertTrue(self._clock(late, "close"))
        asked = incident.activity_ids.filtered(lambda row: "OT05" in (row.summary or ""))
        self.assertEqual(len(asked), 1)

    def test_from_when_cases_are_about_it(self):
        """A burst: the hour before; planned: since it was written down, then since it began."""
        burst, planned = self._open(), self._planned()
        self.assertEqual(burst._joins_since(), burst.aware_at - timedelta(minutes=60))
        self.assertEqual(planned._joins_since(), planned.create_date)
        with self._at("2026-03-11 08:01"):
            self.assertEqual(planned._joins_since(), local("2026-03-11 08:00"))

    # -- statistics -------------------------------------------------------------------------

    def _end(self, incident, at):
        with self._at(at):
            acts.restore(self._as("supervisor", incident), local(at), "已恢复供水。")

    def test_minutes_and_households_by_zone_and_month(self):
        """Across the end of a month, in two zones; planned and unplanned apart."""
        west = self.env["water.zone"].create({"code": "T-XC", "name": "西城片区"})
        for number in range(3):
            self._account(number)
        self._account(9, zone_id=west.id)
        self._account(10, customer_class="business")
        with self._at("2026-03-31 23:00"):
            incident = self._planned("2026-03-31 23:00", "2026-04-01 03:00")
            incident.zone_ids |= west
            incident.action_start()
        self._end(incident, "2026-04-01 01:30")
        rows = {
            (row.zone_id, str(row.month)): (row.minutes, row.households, row.household_minutes)
            for row in incident.minutes_ids
        }
        self.assertEqual(
            rows,
            {
                (self.zone, "2026-03-01"): (60, 3, 180),
                (self.zone, "2026-04-01"): (90, 3, 270),
                (west, "2026-03-01"): (60, 1, 60),
                (west, "2026-04-01"): (90, 1, 90),
            },
        )
        self.assertEqual(set(incident.minutes_ids.mapped("is_planned")), {True})
        with self._at("2026-04-02 08:00"):
            incident.households = 8  # a better number is counted again, and it adds up
        self.assertEqual(sum(incident.minutes_ids.mapped("household_minutes")), 8 * 150)
        self.assertEqual(len(incident.minutes_ids), 4)

    def test_unplanned_minutes_stand_apart(self):
        self._account(1)
        incident = self._open()
        self._end(incident, "2026-03-09 09:00")
        row = incident.minutes_ids
        self.assertEqual((row.is_planned, row.household_minutes), (False, 60))
        with self.assertRaisesRegex(AccessError, "kept by the system"):
            self._as("manager", row).write({"minutes": 1})

    def test_minutes_where_no_zone_is_named(self):
        """Households entered by hand are not counted by zone."""
        shop = self._account(1, customer_class="business", zone_id=False)
        incident = self._open(zone_ids=False, account_ids=shop.ids)
        incident.households = 8
        self._end(incident, "2026-03-09 09:00")
        row = incident.minutes_ids
        self.assertEqual((row.zone_id.id, row.households, row.minutes), (False, 8, 60))
        self.assertEqual(row.minutes, 60)

    # -- cases of other doors ---------------------------------------------------------------

    def test_category_is_proposed_after_the_announced_end(self):
        """Customers who wrote or called about supply after the end: OT05."""
        incident = self._planned()
        incident.action_start()
        web = self._channel("web").id
        with self._at("2026-03-11 12:00"):
            case = self._caller(code="ot03", channel_id=web)
            asks = self._caller(code="ot06", number=1, channel_id=web)
            self.assertFalse(case.late_category_id)
            with self.assertRaisesRegex(UserError, "announced end is not past"):
                self._as("agent", case).action_set_late_category()
            self.assertEqual(case.category_id, self._category("ot03"))
        with self._at("2026-03-11 18:01"):
            (case | asks).invalidate_recordset()
            self.assertEqual(case.late_category_id, self._category("ot05"))
            self.assertFalse(asks.late_category_id)
            self.assertNotIn("on_site", self._running(case).mapped("kind"))
            self._as("agent", case).action_set_late_category()
            self.assertEqual(case.category_id, self._category("ot05"))
            self.assertFalse(case.late_category_id)
            self.assertEqual(case.incident_id, incident)
            clock = self._clock(case, "on_site")
            self.assertEqual((clock.state, clock.started_at), ("running", fields.Datetime.now()))
        self.assertWhole(case)

    def test_category_is_proposed_for_requests_and_inquiries(self):
        incident = self._planned()
        incident.action_start()
        with self._at("2026-03-11 12:00"):
            values = {"category_id": self._category("ot03").id, "zone_id": self.zone.id}
            request = self._as("agent", self.env["water.request"]).create(
                self._request_values(**values)
            )
            self.assertEqual(request.incident_id, incident)
        with self._at("2026-03-11 18:01"):
            request.invalidate_recordset()
            request.action_set_late_category()
            self.assertEqual(request.category_id, self._category("ot05"))
