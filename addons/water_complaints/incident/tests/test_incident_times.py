from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.trust import trusted

from ...complaint.tests import acts
from .common import NOON, IncidentCommon

SECOND = timedelta(seconds=1)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestIncidentTimes(IncidentCommon):
    """Until when, from when on and for how long, to the second; each rule on both sides."""

    # -- what cannot be ---------------------------------------------------------------------

    def test_future_dates(self):
        """Clocks of two machines differ by minutes; planned work alone begins tomorrow."""
        five = NOON + timedelta(minutes=5)
        for begin, is_planned, fits in (
            *((five, False, True), (five + SECOND, False, False)),
            *((five + SECOND, True, True), (NOON + timedelta(days=9), True, True)),
        ):
            with self.subTest(begin=begin, is_planned=is_planned):
                values = {
                    "aware_at": begin,
                    "kind_id": self._kind("planned" if is_planned else "outage").id,
                    "expected_at": begin,
                }
                if fits:
                    self.assertEqual(self._open(**values).aware_at, begin)
                else:
                    with self.assertRaisesRegex(ValidationError, "future"):
                        self._open(**values)

    def test_ends_before_beginnings(self):
        incident = self._open(aware_at=NOON)
        incident.expected_at = NOON  # over at once
        with self.assertRaisesRegex(ValidationError, "before it was gone"):
            incident.expected_at = NOON - SECOND
        incident = self._open(
            aware_at=NOON, kind_id=self._kind("planned").id, announced_end_at=NOON + SECOND
        )
        with self.assertRaisesRegex(ValidationError, "announced end"):
            incident.announced_end_at = NOON  # work that takes no time is none

    def test_when_it_was_over(self):
        """From its beginning until five minutes from now, both included."""
        five = timedelta(minutes=5)
        for at, fits in (
            *((NOON - five, True), (NOON - five - SECOND, False)),
            *((NOON + five, True), (NOON + five + SECOND, False)),
        ):
            incident = self._as("supervisor", self._open(aware_at=NOON - five))
            with self.subTest(at=at):
                if fits:
                    acts.restore(incident, at, "已恢复供水。")
                    self.assertEqual((incident.state, incident.restored_at), ("restored", at))
                    self.assertFalse(incident.next_progress_at)
                else:
                    with self.assertRaisesRegex(UserError, "between the beginning and now"):
                        acts.restore(incident, at, "已恢复供水。")
                    self.assertEqual(incident.state, "open")

    def test_minutes_without_supply(self):
        """Whole minutes until the end, or until now; none of future incidents."""
        for begin, end, minutes in (
            *((-60, 0, 1), (-59, 0, 0), (-119, 0, 1), (-120, None, 2), (600, None, 0)),
            *((-3600, -1800, 30), (None, None, 0)),
        ):
            moments = [seconds and NOON + timedelta(seconds=seconds) for seconds in (begin, end)]
            first, last = moments
            last = NOON if end == 0 else last
            incident = self._of(aware_at=first, restored_at=last)
            self.assertEqual(incident.minutes_out, minutes, (begin, end))

    # -- repairs ----------------------------------------------------------------------------

    def test_repair_limit_by_diameter(self):
        """500 mm are no large main, 501 are; no pipe, no limit; planned work has none."""
        for values, hours in (
            *(({"pipe_diameter": 500}, 24), ({"pipe_diameter": 501}, 48)),
            *(({"pipe_diameter": 0}, None), ({"pipe_diameter": 1}, 24)),
            *(({"pipe_diameter": 500, "kind_id": self._kind("planned").id}, None),),
            ({"pipe_diameter": 500, "aware_at": False}, None),
        ):
            due = NOON + timedelta(hours=hours) if hours else False
            self.assertEqual(self._of(**values).repair_due_at, due, values)

    def test_how_the_repair_stands(self):
        """The limit itself is in time, ended or not; a dismissed incident is never late."""
        for due, end, state, stands in (
            *((NOON, None, "open", "running"), (NOON - SECOND, None, "open", "late")),
            *((NOON, None, "proposed", "running"), (NOON - SECOND, None, "proposed", "late")),
            *((NOON, NOON, "restored", "kept"), (NOON - SECOND, NOON, "restored", "missed")),
            *((NOON - SECOND, NOON, "closed", "missed"), (NOON, None, "dismissed", False)),
            *((None, NOON, "restored", False), (None, None, "open", False)),
        ):
            incident = self._of(restored_at=end, state=state)
            incident.repair_due_at = due
            self.assertEqual(incident.repair_state, stands, (due, end, state))

    def test_reminded_of_the_repair_in_time(self):
        """The commander after four fifths of a day, 19 h 12 min; all in charge once late."""
        incident = self._open(pipe_diameter=200, plan_id=False, progress_hours=100)
        warn, due = NOON + timedelta(hours=19, minutes=12), NOON + timedelta(hours=24)
        for at, warned, missed in (
            *((warn - SECOND, False, False), (warn, warn, False)),
            *((warn + SECOND, warn, False), (due, warn, False)),
            *((due + SECOND, due + SECOND, due), (due + 9 * SECOND, due + SECOND, due)),
        ):
            with freeze_time(at), self.subTest(at):
                self.incidents._watch_repairs()
                found = incident.repair_warned_at, incident.repair_missed_at
                self.assertEqual(found, (warned, missed))
        self.assertEqual(incident.activity_ids.user_id, self.users["supervisor"])
        self.assertEqual(len(incident.activity_ids), 1)

    def test_recipients_about_late_repair(self):
        """Roster, commander, who started it, heads of the lead and the general manager."""
        names = ("agent", "agent2", "department", "department2", "manager", "quality")
        people = [self.users[name] for name in names]
        roster, head, chief, deputy, general, starter = people
        self.net.write({"manager_id": chief.id, "deputy_id": deputy.id})
        self.company.water_general_manager_id = general
        incident = self._open(
            pipe_diameter=200,
            manager_id=head.id,
            roster_ids=roster.ids,
            department_id=self.net.id,
        )
        trusted(incident).opened_by_id = starter
        before = self.env["mail.mail"].sudo().search([])
        with freeze_time(NOON + timedelta(days=2)):
            self.incidents._watch_repairs()
        mails = self.env["mail.mail"].sudo().search([]) - before
        told = mails.filtered(lambda mail: "Repair overdue" in mail.subject).recipient_ids
        self.assertEqual(told, self.env["res.partner"].union(*(user.partner_id for user in people)))

    # -- news -------------------------------------------------------------------------------

    def test_when_the_next_news_are_due(self):
        """Every two hours; of planned work two hours after it has begun, not before."""
        hour = timedelta(hours=1)
        for begin, is_planned, due in (
            *((NOON - hour, False, 2), (NOON - hour, True, 2)),
            *((NOON + hour, True, 3), (NOON, True, 2)),
        ):
            incident = self._of(
                aware_at=begin,
                kind_id=self._kind("planned" if is_planned else "outage").id,
                progress_hours=2,
            )
            self.assertEqual(incident._next_news_after(NOON), NOON + due * hour)

    def test_an_end_that_is_this_moment_can_be_told(self):
        incident = self._as("supervisor", self._open())
        notice = acts.announce(incident, " 即将恢复 ", NOON)
        self.assertEqual((notice.expected_at, notice.body), (NOON, "即将恢复"))
        self.assertEqual(incident.expected_at, NOON)
        acts.announce(incident, "请耐心等待")  # no other text about the end
        self.assertEqual(incident.expected_at, NOON)
        with self.assertRaisesRegex(UserError, "has passed"):
            acts.announce(incident, "x", NOON - SECOND)

    def test_news_that_hold_no_longer(self):
        """Told in the very second of the change, they are as it is now."""
        incident = self._as("supervisor", self._open())
        self.assertFalse(incident._valid_news())
        self.assertFalse(incident.current_text, "nobody was told anything yet")
        notice = acts.announce(incident, "请勿饮用")
        for changed, holds in ((False, True), (NOON, True), (NOON + SECOND, False)):
            trusted(incident).quality_changed_at = changed
            self.assertEqual(incident._valid_news(), notice if holds else notice.browse())

    def test_the_notice_about_the_water_ends_with_the_incident(self):
        """Unless lifted before, or beginning later; without a notice nothing is lifted."""
        hour = timedelta(hours=1)
        for notice, begin, until, lifted in (
            *(
                ("boil", NOON - hour, False, NOON),
                ("boil", NOON - hour, NOON - SECOND, NOON - SECOND),
            ),
            *(("boil", NOON, False, False), (False, NOON - hour, False, False)),
        ):
            incident = self._of(quality_notice=notice, quality_from=begin, quality_until=until)
            incident._lift_quality_notice(NOON)
            self.assertEqual(incident.quality_until, lifted, (notice, begin, until))

    def test_a_lifted_notice_is_told_as_lifted(self):
        for notice, until, is_lifted in (
            *(("boil", NOON, True), ("boil", False, False), (False, NOON, False)),
        ):
            incident = self._of(quality_notice=notice, quality_until=until)
            self.assertIs(incident._is_lifted(), is_lifted)
            self.assertIs("has been lifted" in incident._advice_now(), is_lifted)

    # -- which cases ------------------------------------------------------------------------

    def test_which_fresh_cases_hang_on_it(self):
        """Received in the last hour, happened in the last day or who knows when, not led away."""
        hour, day = timedelta(hours=1), timedelta(hours=24)
        west = self.env["water.zone"].create({"code": "T-XC", "name": "西城片区"})
        account = self._account(1, zone_id=west.id)
        rows = (
            ({}, True),
            ({"received_at": NOON - hour}, True),
            ({"received_at": NOON - hour - SECOND}, False),
            ({"occurred_at": NOON - day}, True),
            ({"occurred_at": NOON - day - SECOND}, False),
            ({"occurred_at": False}, True),
            ({"zone_id": west.id}, False),
            ({"zone_id": west.id, "account_id": account.id}, True),
            ({"category_id": self._category("bl02").id}, False),
            ({"state": "withdrawn"}, False),
        )
        incident = self._as("supervisor", self.incidents).create(
            {
                "subject": "爆管",
                "zone_ids": self.zone.ids,
                "account_ids": account.ids,
                "aware_at": NOON,
            }
        )
        cases = [self._caller(number=number) for number, _row in enumerate(rows)]
        for case, (values, _joins) in zip(cases, rows, strict=True):
            trusted(case).write(values)
        left = self._caller(number=99)
        left.sudo()._log_events("incident_left", {left.id: {"number": "x"}})
        self.env.flush_all()
        fresh = incident._fresh_cases("water.complaint")
        for case, (values, joins) in zip(cases, rows, strict=True):
            with self.subTest(values):
                self.assertEqual(case in fresh, joins)
        self.assertNotIn(left, fresh)

    def test_incident_of_new_case_is_set(self):
        """A day back for bursts, four hours for planned work; before it begins whenever."""
        day, four = timedelta(hours=24), timedelta(hours=4)
        water, asks, bill = (self._category(code) for code in ("ot03", "ot06", "bl02"))
        burst = self._open(family_ids=False)
        values = {"kind_id": self._kind("planned").id, "family_ids": False}
        begun = self._open(**values, aware_at=NOON)
        ahead = self._open(**values, aware_at=NOON + SECOND)
        for incident, category, occurred_at, takes in (
            *((burst, water, False, True), (burst, bill, False, False)),
            *((burst, water, NOON - day, True), (burst, water, NOON - day - SECOND, False)),
            *((begun, water, NOON - four, True), (begun, water, NOON - four - SECOND, False)),
            *((ahead, asks, NOON - day, True), (ahead, water, False, False)),
        ):
            with self.subTest(incident=incident, category=category.name, at=occurred_at):
                self.assertIs(incident._takes(category, occurred_at), takes)

    def test_earlier_cases_stay_unlinked(self):
        """A letter of three weeks ago that is entered today tells of no burst of today."""
        incident = self._open()
        since = incident._joins_since()
        facts = {"zone_id": self.zone.id, "category_id": self._category("ot02").id}
        for received_at, joins in ((since, True), (since - SECOND, False), (None, True)):
            more = {"received_at": received_at} if received_at else {}
            values = self._request_values(**facts, **more)
            case = self._as("agent", self.env["water.request"]).create(values)
            self.assertEqual(bool(case.sudo().incident_id), joins, received_at)

    # -- the course -------------------------------------------------------------------------

    def test_the_crew_arrives_once(self):
        """The first arrival at noon counts, no matter who presses the button again."""
        incident = self._as("agent", self._open())
        self.assertIs(incident.action_arrived(), True)
        with freeze_time(NOON + SECOND):
            self.assertIs(incident.action_arrived(), True)
        self.assertEqual(incident.arrived_at, NOON)

    def test_caller_while_crew_is_there(self):
        """No other visit: the customer does not wait, and no limit is missed."""
        incident = self._open()
        self._as("agent", incident).action_arrived()
        with freeze_time(NOON + timedelta(hours=1)):
            late = self._caller(number=9)
        self.assertEqual(late.incident_id, incident)
        clock = self._clock(late, "on_site")
        self.assertEqual((clock.state, clock.met_at), ("met", NOON + timedelta(hours=1)))

    def test_closed_when_all_is_told(self):
        incident = self._as("supervisor", self._open())
        with self.assertRaisesRegex(UserError, "taken already"):
            incident.action_close()
        acts.restore(incident, NOON, "已恢复供水。")
        with self.assertRaisesRegex(UserError, "still being sent"):
            incident.action_close()
        self._broadcast()
        self.assertIs(incident.action_close(), True)
        self.assertEqual((incident.state, incident.closed_at), ("closed", NOON))

    def test_numbers_corrected_by_staff(self):
        """Typed before the start they stay; counted ones follow the area, typed ones do not."""
        west = self.env["water.zone"].create({"code": "T-XC", "name": "西城片区"})
        for number, zone in enumerate((self.zone, self.zone, west)):
            self._account(number, zone_id=zone.id)
        self._account(7, zone_id=west.id, customer_class="business")
        for values, at_start, after in (
            *(({}, (2, 0), (3, 1)), ({"households": 5}, (5, 0), (5, 0))),
            ({"businesses": 4}, (0, 4), (0, 4)),
        ):
            incident = self._open(**values)
            self.assertEqual((incident.households, incident.businesses), at_start)
            incident.zone_ids |= west
            self.assertEqual((incident.households, incident.businesses), after)

    def test_steps_of_the_plan(self):
        """Minutes after the start, minutes before the beginning, or days; who is named, else who
        commands, else who starts it."""
        plan = self.env["mail.activity.plan"].create({"name": "x", "res_model": "water.incident"})
        todo = self.env.ref("mail.mail_activity_data_todo")
        step = self.env["mail.activity.plan.template"].new(
            {"plan_id": plan.id, "activity_type_id": todo.id, "summary": "关阀"}
        )
        incident = self._of(opened_at=NOON, aware_at=NOON + timedelta(hours=9))
        for minutes, due in (
            *((30, NOON + timedelta(minutes=30)), (-60, NOON + timedelta(hours=8)), (0, 0)),
        ):
            step.water_due_minutes = minutes
            self.assertEqual(incident._step_due_at(step), due)
        self.assertEqual(incident._step_summary(step, 0, self.users["agent"]), "关阀")
        told = incident._step_summary(step, NOON, self.users["agent"])
        self.assertIn("12:00", told)

    def test_assignees_of_plan_steps(self):
        plan = self.env["mail.activity.plan"].create({"name": "x", "res_model": "water.incident"})
        todo, agent = self.env.ref("mail.mail_activity_data_todo"), self.users["agent"]
        self.env["mail.activity.plan.template"].create(
            [
                {
                    "plan_id": plan.id,
                    "activity_type_id": todo.id,
                    "summary": "关阀",
                    "responsible_type": "other",
                    "responsible_id": agent.id,
                },
                {
                    "plan_id": plan.id,
                    "activity_type_id": todo.id,
                    "summary": "送水",
                    "responsible_type": "on_demand",
                    "delay_count": 2,
                    "delay_from": "after_plan_date",
                },
            ]
        )
        for head, second in ((self.users["manager"], "manager"), (None, "supervisor")):
            incident = self._open(plan_id=plan.id, manager_id=head and head.id)
            found = {row.summary: (row.user_id, row.date_deadline) for row in incident.activity_ids}
            today = fields.Date.to_date("2026-03-11")
            self.assertEqual(found["关阀"], (agent, today))
            self.assertEqual(found["送水"], (self.users[second], today + timedelta(days=2)))
