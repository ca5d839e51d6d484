from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.tests import Form, tagged
from odoo.tests.common import freeze_time
from odoo.tools import mute_logger

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon, local
from ...base.trust import trusted


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestExtension(WaterCommon):
    """A limit is extended once, and to fifteen working days in all (domain 3.3)."""

    def _clock_at(self, received, **values):
        with freeze_time(local(received)):
            return self._clock(self._inquiry(**values), "close")

    def _ask(self, clock, amount, unit="working_day"):
        return acts.extend(self._as("agent", clock), "等检定", amount, unit)

    def _approve(self, request):
        self._as("supervisor", request).action_approve()
        self.env.invalidate_all()

    def test_once(self):
        clock = self._clock_at("2026-03-10 10:00")  # 2 working days: 12 March, 17:30
        self._approve(self._ask(clock, 1))
        with self.assertRefused("allows: 1; granted already: 1", clock):
            self._ask(clock, 1)
        self.company.water_extension_times = 2
        self._approve(self._ask(clock, 1))
        self.assertLocal(clock.due_at, "2026-03-16 17:30")

    def test_never(self):
        """A company may allow none at all."""
        self.company.water_extension_times = 0
        clock = self._clock_at("2026-03-10 10:00")
        with self.assertRefused("allows: 0", clock):
            self._ask(clock, 1)

    def test_not_twice_at_a_time(self):
        clock = self._clock_at("2026-03-10 10:00")
        first = self._ask(clock, 1)
        with self.assertRefused("waits for a decision", clock):
            self._ask(clock, 2)
        acts.refuse(self._as("supervisor", first), "客户在等")
        self.assertEqual(self._ask(clock, 2).state, "requested")

    def test_one_of_two_waiting_requests_is_approved(self):
        """As they may have been asked for at the same moment."""
        clock = self._clock_at("2026-03-10 10:00")
        first = self._ask(clock, 1)
        values = first.sudo().read(
            ["kind", "reason", "requested_at", "amount", "unit", "requested_by_id", "deadline_id"],
            load="",
        )[0]
        values.pop("id")
        second = trusted(self.env["water.deadline.pause"]).create(values)
        self._approve(first)
        self.assertFalse(self._as("supervisor", second).can_decide)
        with self.assertRefused("granted already: 1", second):
            self._approve(second)
        acts.refuse(self._as("supervisor", second), "已延期")
        self.assertLocal(clock.due_at, "2026-03-13 17:30")

    def test_fifteen_working_days_in_all(self):
        clock = self._clock_at("2026-03-10 10:00")
        for amount, unit in ((14, "working_day"), (500, "hour")):
            with self.assertRefused("at most 15 working days in all.*2026-03-31 17:30", clock):
                self._ask(clock, amount, unit)
        self._approve(self._ask(clock, 13))
        self.assertLocal(clock.due_at, "2026-03-31 17:30")

    def test_already_as_long(self):
        """No amount can be right: the dialog says so before anything is filled in."""
        self.company.water_extension_days = 2
        clock = self._clock_at("2026-03-10 10:00")
        with self.assertRefused("at most 2 working days", clock):
            self._ask(clock, 1, "minute")

    def test_standing_still_comes_on_top(self):
        clock = self._clock_at("2026-03-10 10:00")
        with freeze_time(local("2026-03-11 10:00")):
            acts.pause(clock, "等客户", local("2026-03-12 10:00"))
        with freeze_time(local("2026-03-12 10:00")):
            clock.action_resume()
            self.assertLocal(clock.due_at, "2026-03-13 17:30")
            with self.assertRefused("2026-04-01 17:30", clock):
                self._ask(clock, 14)
            self._approve(self._ask(clock, 13))
        self.assertLocal(clock.due_at, "2026-04-01 17:30")

    def test_approval_asks_again(self):
        """Possible at the request, but not at the decision."""
        clock = self._clock_at("2026-03-10 10:00")
        request = self._ask(clock, 5)
        self.assertTrue(self._as("supervisor", request).can_decide)
        self.company.water_extension_days = 6
        self.env.invalidate_all()
        self.assertFalse(self._as("supervisor", request).can_decide)
        with self.assertRefused("at most 6 working days", request):
            self._approve(request)
        self.assertEqual(request.state, "requested")

    def test_no_button_when_it_is_too_late(self):
        clock = self._clock_at("2026-03-10 10:00")
        request = self._ask(clock, 5)
        with freeze_time(local("2026-03-12 17:31")):
            self.env.invalidate_all()
            self.assertFalse(self._as("supervisor", request).can_decide)
            with self.assertRefused("too late", request):
                self._approve(request)

    def test_a_longer_standard_adds_nothing_to_the_most(self):
        """Two days and thirteen more; of five days as of two it is done within fifteen."""
        clock = self._clock_at("2026-03-10 10:00")
        self._approve(self._ask(clock, 13))
        mine = self._as("supervisor", acts.case_of(clock))
        for code, planned in (("sg01", "2026-03-17 17:30"), ("bl01", "2026-03-12 17:30")):
            mine.category_id = self._category(code)
            acts.replan(mine, "类别有误")
            self.env.invalidate_all()
            self.assertLocal(clock.planned_due_at, planned)
            self.assertLocal(clock.due_at, "2026-03-31 17:30")

    def test_grant_outlasts_rule_change(self):
        """The customer was told that date; what the company allows now does not take it back."""
        clock = self._clock_at("2026-03-10 10:00")
        self._approve(self._ask(clock, 13))
        self.company.water_extension_days = 5
        self.env["water.calendar.day"].create({"name": "x", "date": "2026-04-08", "kind": "off"})
        clock._follow_own_calendars()
        self.assertLocal(clock.due_at, "2026-03-31 17:30")

    def test_a_pause_that_began_after_an_extension(self):
        """Asked for before it, approved when the first limit was over: worked out again, it counts
        as it did.
        """
        clock = self._clock_at("2026-03-10 10:00")  # until 12 March
        pause = self._ask_pause(clock)
        with freeze_time(local("2026-03-11 11:00")):
            self._approve(self._ask(clock, 3))
            self.assertLocal(clock.due_at, "2026-03-17 17:30")
        with freeze_time(local("2026-03-13 10:00")):
            self._approve(pause)
        with freeze_time(local("2026-03-20 10:00")):
            self._sweep()
        self.assertLocal(clock.due_at, "2026-03-24 17:30")
        with freeze_time(local("2026-03-20 11:00")):
            clock._follow_own_calendars()
        self.assertLocal(clock.due_at, "2026-03-24 17:30")

    def test_a_department_has_the_same_most(self):
        case = self._inquiry()
        self._dispatch(case)
        work = self._lead(case).deadline_ids
        self._approve(self._ask(work, 1, "hour"))
        with self.assertRefused("granted already: 1", work):
            self._ask(work, 1, "hour")

    def test_guarantees_and_debts_are_not_postponed(self):
        """A scheme of compensation counts by itself: money hangs on these dates."""
        clock = self._clock_at("2026-03-10 10:00")
        for kind in ("guarantee", "payment"):
            trusted(clock).kind = kind
            with self.assertRefused("Money depends", clock):
                self._ask(clock, 1)
            with self.assertRefused("Money depends", clock):
                acts.pause(clock, "等", fields.Datetime.now() + timedelta(hours=1))

    def test_reviewer_view(self):
        """The limit as it is now, and where it would be; afterwards what it was and became."""
        clock = self._clock_at("2026-03-10 10:00")
        request = self._ask(clock, 3)
        self.assertLocal(request.limit_before, "2026-03-12 17:30")
        self.assertLocal(request.limit_after, "2026-03-17 17:30")
        with freeze_time(local("2026-03-11 10:00")):
            acts.pause(clock, "等客户", local("2026-03-12 10:00"))
        with freeze_time(local("2026-03-12 10:00")):
            clock.action_resume()
            self.env.invalidate_all()
            self.assertLocal(request.limit_before, "2026-03-13 17:30")
            self.assertLocal(request.limit_after, "2026-03-18 17:30")
            self._approve(request)
        self.assertLocal(request.limit_before, "2026-03-13 17:30")
        self.assertLocal(request.limit_after, "2026-03-18 17:30")
        long = self._ask_pause(self._clock_at("2026-03-10 10:00"))
        self.assertLocal(long.limit_before, "2026-03-12 17:30")
        self.assertLocal(long.limit_after, "2026-03-23 17:30")
        acts.refuse(self._as("supervisor", long), "不必")
        self.assertFalse(long.limit_before or long.limit_after)

    def test_a_line_tells_what_is_decided(self):
        """Case, limit and both dates, as they stand on the first page beside the button."""
        clock = self._clock_at("2026-03-10 10:00")
        request = self._as("supervisor", self._ask(clock, 3))
        self.assertEqual(request.display_name, clock.display_name)
        self.assertEqual(request.shift, "2026-03-12 17:30 → 2026-03-17 17:30")

    def _ask_pause(self, clock):
        """Longer than allowed without approval."""
        with freeze_time(local("2026-03-11 10:00")):
            return acts.pause(self._as("agent", clock), "等", local("2026-03-20 10:00"))

    def test_dialog_says_what_is_possible(self):
        clock = self._clock_at("2026-03-10 10:00")
        wizards = self._as("agent", self.env["water.pause.wizard"])
        wizards = wizards.with_context(
            active_model=acts.case_of(clock)._name, active_ids=acts.case_of(clock).ids
        )
        form = Form(wizards)
        form.kind = "extension"
        self.assertFalse(form.extension_fault)
        self.assertLocal(form.latest_due_at, "2026-03-31 17:30")
        form.amount = 2
        self.assertLocal(form.due_at, "2026-03-12 17:30")
        self.assertLocal(form.new_due_at, "2026-03-16 17:30")
        self._approve(self._ask(clock, 1))
        self.assertIn("granted already: 1", Form(wizards).extension_fault)

    def test_settings_are_sane(self):
        for values in ({"water_extension_times": -1}, {"water_extension_days": 0}):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.company.write(values)
                self.env.flush_all()

    def _with_net(self, login, **department):
        clock = self._clock_at("2026-03-10 10:00")
        self._dispatch(acts.case_of(clock))
        self._as("department", self._lead(acts.case_of(clock))).action_accept()
        self.net.write(department)
        return acts.extend(self._as(login, clock), "等检定", 1, "working_day")

    def test_extension_of_own_department_is_not_granted_by_its_head(self):
        head = self.users["supervisor"]
        request = self._with_net("department", manager_id=head.id)
        self.assertFalse(self._as("supervisor", request).can_decide)
        self.assertNotIn(head, request._deciders())
        with self.assertRefused("a member of its department", request):
            self._as("supervisor", request).action_approve()
        with self.assertRefused("a member of its department", request):
            acts.refuse(self._as("supervisor", request), "不行")
        self._as("manager", request).action_approve()
        self.assertEqual(request.state, "done")

    def test_extension_of_own_department_is_not_granted_by_its_members(self):
        """Refused also where the desk asks: the department has the time."""
        members = self.users["supervisor"] | self.users["department"]
        request = self._with_net("agent", member_ids=members.ids)
        with self.assertRefused("a member of its department", request):
            self._as("supervisor", request).action_approve()

    def test_extension_of_another_department_is_granted_by_a_head(self):
        self.lab.manager_id = self.users["supervisor"]
        self._approve(self._with_net("department"))
