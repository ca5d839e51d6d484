from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local

from ...complaint.tests import acts
from ...complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestMergeLimits(ComplaintCommon):
    """The earliest limit of all contacts applies during the merge, whatever moves."""

    def _limits(self, case):
        return {(row.kind, row.started_at, row.due_at, row.unit) for row in case.deadline_ids}

    def _undo(self, case):
        acts.undo(self._as("agent", case), "不是一回事")
        self.env.invalidate_all()

    def _received(self, moment, **values):
        with freeze_time(local(moment)):
            return self._complaint(**values)

    def _merge(self, *cases, into):
        for case in cases:
            self._as("supervisor", case).write(
                {"duplicate_of_id": into.id, "end_reason": "同一件事", "state": "merged"}
            )

    def test_undone_the_lead_keeps_the_earliest_due_date(self):
        """Undoing does not change the lead; merged cases get their own dates back."""
        with freeze_time(local("2026-03-11 10:00")):
            cases = [self._received("2026-03-09 10:00"), self._received("2026-03-10 10:00")]
            original = self._complaint()
            clock = self._clock(original, "close")
            self._merge(*reversed(cases), into=original)
            self.assertLocal(clock.due_at, "2026-03-16 17:30")
            for case, due in zip(cases, ("2026-03-16 17:30", "2026-03-17 17:30"), strict=True):
                self._undo(case)
                self.assertLocal(self._clock(case, "close").due_at, due)
                self.assertEqual(self._clock(case, "close").state, "running")
                self.assertLocal(clock.due_at, "2026-03-16 17:30")
            self.assertWhole(original)

    def test_an_extension_does_not_outlast_the_earlier_limit(self):
        """Extended before the other came, the clock is due when the other was."""
        with freeze_time(local("2026-03-10 10:00")):
            original = self._complaint()
            clock = self._clock(original, "close")
            rows = acts.extend(self._as("agent", clock), "等检定", 5)
            self._as("supervisor", rows).action_approve()
        with freeze_time(local("2026-03-11 10:00")):
            case = self._complaint()
            self._merge(case, into=original)
            self.assertLocal(clock.due_at, "2026-03-18 17:30")

    def test_once_for_every_contact_about_it(self):
        """A pause counts once for all cases of the matter."""
        with freeze_time(local("2026-03-10 10:00")):
            case = self._complaint()
            rows = self._as("agent", self._clock(case, "close"))
            rows = acts.extend(rows, "等检定", 5)
            self._as("supervisor", rows).action_approve()
        with freeze_time(local("2026-03-11 10:00")):
            original = self._complaint()
            self._merge(case, into=original)
            clock = self._as("agent", self._clock(original, "close"))
            with self.assertRefused("granted already: 1", clock):
                acts.extend(clock, "等检定", 2)
            self._undo(case)
            acts.extend(clock, "等检定", 2)

    def test_fifteen_days_from_the_earliest_contact(self):
        """The first customer does not wait longer than without merging."""
        case = self._received("2026-03-05 10:00")
        with freeze_time(local("2026-03-11 10:00")):
            original = self._complaint()
            self._merge(case, into=original)
            clock = self._as("agent", self._clock(original, "close"))
            self.assertLocal(clock.due_at, "2026-03-12 17:30")
            with self.assertRefused("2026-03-26 17:30", clock):
                acts.extend(clock, "等检定", 11)
            rows = acts.extend(clock, "等检定", 10)
            self._as("supervisor", rows).action_approve()
            self.assertLocal(clock.due_at, "2026-03-26 17:30")

    def test_the_body_waits_for_what_its_order_was_merged_into(self):
        """No extension beyond the limit; the customer keeps the date; one handler."""
        with freeze_time(local("2026-03-11 10:00")):
            original = self._complaint()
            order = self._complaint(
                external_source="12345",
                external_ref="M-1",
                external_due_at=local("2026-03-13 12:00"),
            )
            promised = order.promised_at
            self._merge(order, into=original)
            self.assertEqual(order.promised_at, promised)
            clock = self._clock(original, "close")
            self.users["agent"].tz = False  # reads by the company's clock
            with self.assertRefused("The body waits until 2026-03-13 12:00", clock):
                acts.extend(self._as("agent", clock), "等检定", 10)
            for step in ("dispatched", "investigating", "handling", "notified"):
                getattr(self, f"_step_{step}")(original, "agent", self.net)
            acts.answer_order(self._as("agent", order), "已并案处理")
            again = acts.rehandle_order(self._as("agent", order), "市民不满意").with_env(self.env)
        self.assertIn(self.users["department"], self._barred(again, self.users["department"]))
        self.assertWhole(original | order | again)

    def test_undone_the_lead_stays_as_grave(self):
        """A supervisor judges the lead anew; undoing lowers no severity."""
        original = self._complaint()
        case = self._complaint(description="现在路面塌陷了")
        self._merge(case, into=original)
        self._undo(case)
        self.assertEqual(original.severity, "emergency")

    def _order(self, due="2026-03-16 17:30", number="M-2"):
        """An order of another body; ours ends a working day before."""
        order = {"external_source": "12345", "external_ref": number, "external_due_at": local(due)}
        return self._complaint(**order)

    def _close(self, case):
        return self._clock(case, "close").due_at

    def test_judged_milder_the_body_waits_no_longer(self):
        """Neither severity nor another standard moves the matter beyond the order in it."""
        original = self._complaint()
        acts.retriage(self._as("supervisor", original), {"severity": "urgent"}, "急")
        self._merge(self._order(), into=original)
        self.assertLocal(self._close(original), "2026-03-13 17:30")
        acts.retriage(self._as("supervisor", original), {"severity": "normal"}, "不急")
        self.assertLocal(self._close(original), "2026-03-13 17:30")
        acts.replan(self._as("supervisor", original), "标准变了")
        self.assertLocal(self._close(original), "2026-03-13 17:30")

    def test_judged_milder_the_earlier_contact_waits_no_longer(self):
        """Extensions meanwhile are granted to both."""
        original, case = self._complaint(), self._complaint()
        acts.retriage(self._as("supervisor", case), {"severity": "urgent"}, "急")
        self._merge(case, into=original)
        self.assertLocal(self._close(original), "2026-03-16 17:30")
        clock = self._clock(original, "close")
        pause = acts.extend(self._as("agent", clock), "等检定", 1)
        self._as("supervisor", pause).action_approve()
        self.assertLocal(clock.due_at, "2026-03-17 17:30")
        acts.retriage(self._as("supervisor", original), {"severity": "normal"}, "不急")
        self.assertLocal(clock.due_at, "2026-03-17 17:30")

    def test_taken_up_again_the_body_waits_no_longer(self):
        """A customer who is not satisfied does not put the order of another one off."""
        with freeze_time(local("2026-03-11 10:00")):
            original, order = self._complaint(), self._order()
            self._merge(order, into=original)
            for step in ("dispatched", "investigating", "handling", "notified"):
                getattr(self, f"_step_{step}")(original, "agent", self.net)
        with freeze_time(local("2026-03-12 10:00")):
            acts.contest(self._as("agent", original), "没有解决")
            self.env.invalidate_all()
            self.assertLocal(self._close(original), "2026-03-13 17:30")
            self.assertEqual(original.promised_at, order.promised_at)
        self.assertWhole(original | order)

    def test_answered_the_body_waits_for_nothing(self):
        with freeze_time(local("2026-03-11 10:00")):
            original, order = self._complaint(), self._order()
            self._merge(order, into=original)
            for step in ("dispatched", "investigating", "handling", "notified"):
                getattr(self, f"_step_{step}")(original, "agent", self.net)
            acts.answer_order(self._as("agent", order), "已办理")
        with freeze_time(local("2026-03-12 10:00")):
            acts.contest(self._as("agent", original), "没有解决")
            self.assertLocal(self._close(original), "2026-03-19 17:30")

    def test_graver_by_itself_when_it_is_undone(self):
        """An upgrade to emergency after the merge stays."""
        for due, kept in (
            ("2026-03-16 17:30", "2026-03-12 10:00"),
            ("2026-03-12 17:30", "2026-03-11 17:30"),
        ):
            with self.subTest(due=due), freeze_time(local("2026-03-11 10:00")):
                original, order = self._complaint(), self._order(due, f"M-{due}")
                self._merge(order, into=original)
                acts.retriage(self._as("supervisor", original), {"severity": "emergency"}, "爆管")
                self._undo(order)
                self.assertEqual(original.severity, "emergency")
                self.assertLocal(self._close(original), kept)

    def test_undone_under_another_edition(self):
        """A promise of one edition is not recalculated by the next."""
        original, case = self._complaint(), self._complaint()
        before = self._limits(original)
        self._merge(case, into=original)
        standard = self._clock(original, "verify").standard_line_id.standard_id
        edition = standard.browse(self._as("manager", standard).action_new_version()["res_id"])
        for line in edition.line_ids.filtered(lambda row: row.kind in ("verify", "close")):
            line.amount = 1
        self._undo(case)
        self.assertEqual(self._limits(original), before)

    def test_additions_are_entered_where_handled(self):
        original, case = self._complaint(), self._complaint()
        self._merge(case, into=original)
        with self.assertRefused(f"handled together with {original.name}", case):
            acts.retriage(self._as("agent", case), {"severity": "emergency"}, "孩子中毒")

    def test_departments_have_no_longer_than_the_customer_was_promised(self):
        """However it came to be earlier: an order merged in, a graver case, a word, a body."""

        def merged(case):
            self._merge(self._order("2026-03-16 17:30"), into=case)

        def graver(case):
            acts.retriage(self._as("supervisor", case), {"severity": "urgent"}, "急")

        def given(case):
            acts.promise(self._as("agent", case), "星期四答复", local("2026-03-12 17:30"))

        def sooner(case):
            self._as("supervisor", case).external_due_at = local("2026-03-16 17:30")

        for act, due in (
            (merged, "2026-03-13 17:30"),
            (graver, "2026-03-16 17:30"),
            (given, "2026-03-12 17:30"),
            (sooner, "2026-03-13 17:30"),
        ):
            with self.subTest(act.__name__), freeze_time(local("2026-03-11 10:00")):
                case = self._order("2026-03-20 17:30", act.__name__)
                self._step_dispatched(case, "agent", self.net)
                self.assertLocal(self._lead(case).due_at, "2026-03-17 17:30")
                act(case)
                self.env.invalidate_all()
                self.assertLocal(self._lead(case).due_at, due)
                self.assertLessEqual(self._lead(case).due_at, case.promised_at)

    def test_a_department_that_waited_has_no_longer_either(self):
        """Its clock stood still when the customer was promised the result earlier."""
        with freeze_time(local("2026-03-11 10:00")):
            case = self._order("2026-03-20 17:30", "M-7")
            self._step_dispatched(case, "agent", self.net)
            work = self._lead(case).deadline_ids
            acts.pause(self._as("agent", work), "等客户", local("2026-03-12 10:00"))
            acts.promise(self._as("agent", case), "星期四答复", local("2026-03-12 17:30"))
        with freeze_time(local("2026-03-12 10:00")):
            work.action_resume()
            self.env.invalidate_all()
            self.assertLocal(self._lead(case).due_at, "2026-03-12 17:30")

    def test_waiting_together_continues_together(self):
        """A department has the time that it had when the customer waits as long as it does."""
        with freeze_time(local("2026-03-11 10:00")):
            case = self._order("2026-03-20 17:30", "M-8")
            self._step_dispatched(case, "agent", self.net)
            work = self._lead(case).deadline_ids
            both = work | self._clock(case, "close")
            acts.pause(self._as("agent", both), "等客户", local("2026-03-12 10:00"))
            self.assertEqual(set(both.mapped("state")), {"paused"})
        with freeze_time(local("2026-03-12 10:00")):
            before = work.due_at
            both.action_resume()
            self.env.invalidate_all()
            self.assertGreater(work.due_at, before)

    def test_a_limit_that_comes_into_one_that_stands_still(self):
        """However long that stands still: it goes on by the limit of the contact merged into it."""
        with freeze_time(local("2026-03-11 10:00")):
            original = self._complaint()
            clock = self._clock(original, "close")
            pause = acts.pause(self._as("agent", clock), "等客户", local("2026-03-16 10:00"))
            pause.sudo()._begin()
            self.assertEqual(clock.state, "paused")
        with freeze_time(local("2026-03-12 10:00")):
            case = self._complaint()
            self.assertLocal(self._close(case), "2026-03-19 17:30")
            self._merge(case, into=original)
        with freeze_time(local("2026-03-16 10:00")):
            clock.action_resume()
            self.env.invalidate_all()
            self.assertLocal(clock.due_at, "2026-03-19 17:30")

    def test_the_earliest_of_what_comes_into_one_that_stands_still(self):
        """With more time from the body, the standard's limit applies."""
        with freeze_time(local("2026-03-11 10:00")):
            original, order = self._complaint(), self._order("2026-03-27 17:30", "M-6")
            clock = self._clock(original, "close")
            pause = acts.pause(self._as("agent", clock), "等客户", local("2026-03-16 10:00"))
            pause.sudo()._begin()
            self.assertEqual(clock.state, "paused")
            self._merge(order, into=original)
        with freeze_time(local("2026-03-16 10:00")):
            clock.action_resume()
            self.env.invalidate_all()
            self.assertLocal(clock.due_at, "2026-03-18 17:30")

    def test_merging_an_order_signs_it(self):
        doors = self._at_door("integration", self.env["water.complaint"])
        order = {"external_source": "12345", "external_ref": "M-9"}
        values = {**order, "external_due_at": local("2026-03-20 17:30")}
        case = doors.create(self._complaint_values(**values)).with_env(self.env)
        self.assertFalse(case.external_signed_at)
        self._merge(case, into=self._complaint())
        self.assertEqual(case.external_signed_by_id, self.users["supervisor"])
        self.assertTrue(case.external_signed_at)
