from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon, local


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClockDisplay(WaterCommon):
    """What people read about a clock, and the button that ends its pause."""

    second_company = True

    def _clock_at(self, received, **values):
        with freeze_time(local(received)):
            case = self._inquiry(email_from="customer@example.com", **values)
        return self._clock(case, "close")

    def test_name_tells_case_and_kind(self):
        clock = self._clock_at("2026-03-10 10:00")
        case = acts.case_of(clock)
        self.assertEqual(clock.display_name, f"{case.name} · Completion")
        self.env["res.lang"]._activate_lang("zh_CN")
        self.assertEqual(clock.with_context(lang="zh_CN").display_name, f"{case.name} · 办结")
        promise = acts.promise(case, "换表", local("2026-03-12 15:00"))
        self.assertEqual(promise.display_name, f"{case.name} · Promise · 换表")

    def test_found_by_case_and_by_promise(self):
        clock = self._clock_at("2026-03-10 10:00")
        case = acts.case_of(clock)
        promise = acts.promise(case, "星期四换表", local("2026-03-12 15:00"))
        found = self.env["water.deadline"].name_search(case.name)
        self.assertEqual({row[0] for row in found}, set(case.deadline_ids.ids))
        self.assertEqual([row[0] for row in promise.name_search("星期四换表")], promise.ids)

    def test_explanation_is_one_for_staff_and_customer(self):
        clock = self._clock_at("2026-03-10 10:00")
        case = acts.case_of(clock)
        with freeze_time(local("2026-03-11 10:00")):
            acts.pause(clock, "等客户", local("2026-03-12 10:00"))
        with freeze_time(local("2026-03-11 12:30")):
            clock.action_resume()
        staff = self._as("agent", clock).explanation
        self.assertIn("2 working days from 2026-03-10 10:00", staff)
        self.assertIn("Paused for 2 h 30 min in between.", staff)
        page = self._as("portal1", case).sudo()._portal_page()
        told = {promise["kind"]: promise["why"] for promise in page["promises"]}
        self.users["portal1"].tz = False  # a customer without a time zone reads the calendar's
        self.assertEqual(self._as("portal1", clock).sudo()._explain(), staff)
        self.assertEqual(told["close"], staff)

    def test_a_missed_promise_of_a_case_that_is_over(self):
        """Found by the machine: the page of a withdrawn case said “we are on it”."""
        case = acts.case_of(self._clock_at("2026-03-10 10:00"))
        with freeze_time(local("2026-03-13 10:00")):
            self._sweep()
            rows = {row["kind"]: row for row in self._as("portal1", case).sudo()._portal_promises()}
            self.assertEqual(rows["close"]["state"], "overdue")
            self._as("agent", case).action_withdraw()
            rows = {row["kind"]: row for row in self._as("portal1", case).sudo()._portal_promises()}
        self.assertEqual(rows["close"]["state"], "missed")
        self.assertIn("We did not keep it", rows["close"]["text"])
        self.assertNotIn("due_at", rows["close"])

    def test_explanation_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        clock = self._clock_at("2026-03-10 10:00").with_context(lang="zh_CN")
        text = clock.with_user(self.users["agent"]).with_context(lang="zh_CN").explanation
        self.assertEqual(
            text, "自 2026-03-10 10:00 起 2 个工作日（当日不计），至 2026-03-12 17:30 下班时止。"
        )

    def test_time_with_and_without_pauses(self):
        clock = self._clock_at("2026-03-10 10:00")
        self.assertEqual((clock.gross_minutes, clock.net_minutes), (0, 0))
        with freeze_time(local("2026-03-10 12:00")):
            acts.pause(clock, "等客户", local("2026-03-11 12:00"))
        with freeze_time(local("2026-03-10 13:30")):
            clock.action_resume()
        clock._meet(local("2026-03-10 16:00"))
        self.assertEqual((clock.gross_minutes, clock.net_minutes), (360, 270))

    def test_no_time_at_all(self):
        """Met at once took no time; nor does one still running after a pause."""
        met, running = (self._clock_at("2026-03-10 10:00") for _clock in range(2))
        met._meet(local("2026-03-10 10:00"))
        with freeze_time(local("2026-03-10 12:00")):
            acts.pause(running, "等客户", local("2026-03-11 12:00"))
        with freeze_time(local("2026-03-10 13:30")):
            running.action_resume()
        for clock in (met, running):
            self.assertEqual((clock.gross_minutes, clock.net_minutes), (0, 0))

    def test_end_a_pause_early(self):
        clock = self._clock_at("2026-03-10 10:00")
        case = acts.case_of(clock)
        with freeze_time(local("2026-03-11 10:00")):
            pause = acts.pause(self._as("agent", clock), "等客户", local("2026-03-13 10:00"))
        mails = self.env["mail.mail"].search_count([])
        with freeze_time(local("2026-03-12 10:00")):
            self._as("agent", pause).action_end()
        self.assertEqual((clock.state, pause.state), ("running", "done"))
        self.assertEqual(pause.ended_at, local("2026-03-12 10:00"))
        self.assertLocal(clock.due_at, "2026-03-13 17:30")
        self.assertEqual(self._kinds(case)[-1], "clock_resumed")
        mail = self.env["mail.mail"].search([], limit=1, order="id desc")
        self.assertEqual(self.env["mail.mail"].search_count([]), mails + 1)
        self.assertEqual(mail.email_to, "customer@example.com")
        self.assertIn("We now promise you the result by", mail.body_html)
        self.assertWhole(case)

    def test_only_a_pause_can_be_ended(self):
        clock = self._clock_at("2026-03-10 10:00")
        with self.assertRaisesRegex(UserError, "not paused"):
            self._as("agent", clock).action_resume()

    def test_user_without_write_access_cannot_end_pause(self):
        clock = self._clock_at("2026-03-10 10:00")
        acts.pause(clock, "等客户", local("2026-03-12 10:00"))
        for login in ("department", "plain", "portal1", "foreign"):
            with self.assertRaises(AccessError):
                self._as(login, clock).action_resume()
        self.assertEqual(clock.state, "paused")

    def test_colours(self):
        clock = self._clock_at("2026-03-10 10:00")
        running = clock.color
        acts.pause(clock, "等客户", local("2026-03-12 10:00"))
        paused = clock.color
        clock.action_resume()
        clock._meet(local("2026-03-20 10:00"))
        self.assertEqual(len({running, paused, clock.color}), 3)

    def test_owner_of_limit(self):
        """The limit of a body that forwards orders is called by it in every list."""
        self.env["res.lang"]._activate_lang("zh_CN")
        for model, name in (
            ("water.deadline", "kind"),
            ("water.inquiry", "next_due_kind"),
            ("water.standard.line", "kind"),
        ):
            chinese = self.env(context={**self.env.context, "lang": "zh_CN"})
            labels = dict(chinese[model]._fields[name]._description_selection(chinese))
            self.assertEqual(labels["external"], "转办单位", model)

    def test_unit_of_an_extension_is_translated(self):
        clock = self._clock_at("2026-03-10 10:00")
        request = acts.extend(clock, "冻土", 3, "working_day")
        units = dict(request._fields["unit"]._description_selection(self.env))
        self.assertEqual(units[request.unit], "working days")

    def test_clocks_of_a_board_are_read_together(self):
        """For any number of work orders."""
        orders = self.env["water.dispatch"].union(
            *(self._dispatch(self._inquiry()) for _number in range(8))
        )

        def queries(rows):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(all(self._as("department", rows).mapped("time_left")))
            return self.env.cr.sql_log_count - before

        self.assertEqual(queries(orders[:2]), queries(orders))
