from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

from ...complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestMerge(ComplaintCommon):
    """Contacts are merged and taken apart again; the earliest limits win, all are answered."""

    def _merge(self, case, original, login="agent", reason=False):
        acts.merge(self._as(login, case), original, reason)
        self.env.invalidate_all()

    def _undo(self, case, login="agent", reason="不是一回事"):
        acts.undo(self._as(login, case), reason)
        self.env.invalidate_all()

    def _picture(self, case):
        """What undoing a merge restores."""
        clocks = {
            (row.kind, row.started_at, row.due_at, row.planned_due_at, row.state)
            for row in case.deadline_ids
        }
        dispatches = {(row.department_id, row.role, row.state) for row in case.dispatch_ids}
        facts = (case.state, case.stage_id, case.user_id, case.closed_at, case.next_due_at)
        return clocks, dispatches, facts

    # -- three doors, one matter ---------------------------------------------------------------

    def test_phone_app_and_12345(self):
        """The same customer by telephone, APP and 12345: one is handled, by the earliest clock."""
        with freeze_time("2026-03-10 01:00:00"):
            phone = self._complaint()
        with freeze_time("2026-03-10 02:00:00"):
            app = self._complaint("agent2", channel_id=self._channel("app").id)
        external_due = local("2026-03-16 17:30")
        with freeze_time("2026-03-10 03:00:00"):
            order = self._complaint(
                channel_id=self._channel("hotline12345").id,
                external_source="12345",
                external_ref="12345-88",
                external_due_at=external_due,
            )
        first_due = self._clock(phone, "contact").due_at
        for case in (phone, order):  # merged into the later one on purpose
            self._merge(case, app)
        self.assertEqual((phone | order).mapped("state"), ["merged", "merged"])
        contact = self._clock(app, "contact")
        self.assertEqual(contact.due_at, first_due)
        self.assertEqual(app.repeat_count, 3)
        # the order keeps its own limit, and its own answer
        external = self._clock(order, "external")
        self.assertEqual((external.state, order.external_due_at), ("running", external_due))
        acts.answer_order(self._as("agent", order), "已并案处理, 3月18日前办结")
        self.assertEqual((order.external_state, external.state), ("answered", "met"))
        self.assertWhole(phone | app | order)

    def test_later_limit_changes_nothing(self):
        with freeze_time("2026-03-10 01:00:00"):
            original = self._complaint()
        picture = self._picture(original)
        self._merge(self._complaint(), original)
        self.assertEqual(self._picture(original), picture)

    def test_graver_contact_raises_the_original(self):
        original, case = self._complaint(), self._complaint(description="现在路面塌陷了")
        self._merge(case, original)
        self.assertEqual(original.severity, "emergency")
        self.assertIn(case.name, original.triage_reason)
        self.assertLessEqual(self._clock(original, "accept").due_at, self._later(minutes=5))

    # -- undoing it -----------------------------------------------------------------------------

    def test_undone(self):
        """The case is what it was; the lead keeps its earlier dates."""
        case = self._complaint_at("investigating")
        with freeze_time("2026-03-12 02:00:00"):
            original = self._complaint()
            before, theirs = self._picture(case), self._picture(original)
            self._merge(case, original)
            self.assertEqual(case.state, "merged")
            self.assertEqual(self._lead(case).state, "cancelled")
            hurried = self._picture(original)
            self.assertNotEqual(hurried, theirs)
            self._undo(case)
        self.assertEqual(self._picture(case), before)
        self.assertEqual(self._picture(original), hurried)
        self.assertFalse(case.duplicate_of_id)
        self.assertEqual(original.repeat_count, 0)
        self.assertIn("unmerged", self._kinds(case))
        kinds = self._kinds(original)
        self.assertLess(kinds.index("duplicate_joined"), kinds.index("duplicate_left"))
        self.assertWhole(case | original)
        self._step_handling(case, "agent", self.net)
        self.assertEqual(case.state, "handling")
        self.assertFalse(case.reopen_count)

    def test_undone_after_an_appointment_was_cancelled(self):
        case, original = self._complaint_at("dispatched"), self._complaint()
        begin, end = self._later(hours=24), self._later(hours=26)
        visit = acts.plan_visit(self._as("agent", case), self.net, begin, end).with_env(self.env)
        self._merge(case, original)
        self.assertEqual((visit.state, visit.deadline_ids.state), ("cancelled", "void"))
        self._undo(case)
        self.assertEqual((visit.state, visit.deadline_ids.state), ("cancelled", "void"))
        acts.plan_visit(self._as("agent", case), self.net, begin, end)
        self.assertEqual(case.visit_ids.mapped("state").count("planned"), 1)
        self.assertWhole(case)

    def test_undone_after_a_pause_was_ended(self):
        """A merging ends the pause; undone, the clock runs with the due date it had then."""
        case, original = self._complaint_at("investigating"), self._complaint()
        clock = self._clock(case, "close")
        acts.pause(self._as("agent", clock), "等待客户资料", self._later(hours=48))
        with freeze_time(self._later(hours=3)):
            self._merge(case, original)
            due = clock.due_at
            self.assertEqual((clock.state, clock.pause_ids.state), ("void", "done"))
        with freeze_time(self._later(hours=5)):
            self._undo(case)
        self.assertEqual((clock.state, clock.due_at), ("running", due))
        self.assertEqual(clock.pause_ids.state, "done")
        self.assertWhole(case)

    def test_undone_from_every_state(self):
        for state in ("registered", "dispatched", "investigating", "handling"):
            case, original = self._complaint_at(state), self._complaint()
            before = self._picture(case)
            self._merge(case, original)
            self._undo(case)
            with self.subTest(state=state):
                self.assertEqual(self._picture(case), before)
                self.assertEqual(case.reopen_count, 0)
                self.assertWhole(case)

    def test_undone_twice(self):
        case, original = self._complaint_at("dispatched"), self._complaint()
        before = self._picture(case)
        for _i in range(2):
            self._merge(case, original)
            self._undo(case)
        self.assertEqual(self._picture(case), before)

    def test_late_stays_late(self):
        """A limit that passed while it was merged is exceeded as soon as the sweep looks."""
        case, original = self._complaint(), self._complaint()
        self._merge(case, original)
        with freeze_time("2026-03-12 02:00:00"):
            self._undo(case)
            self._sweep()
        self.assertEqual(self._clock(case, "contact").state, "breached")

    def test_undone_wrongly(self):
        """Not without a reason, not by others, not by the state or the link alone."""
        case, original = self._complaint(), self._complaint()
        with self.assertRefused("is no repeat", case):
            self._undo(case)
        self._merge(case, original)
        with self.assertRaisesRegex(UserError, "reason"):
            self._undo(case, reason=" ")
        for values in (
            {"state": "registered"},
            {"duplicate_of_id": False},
            {"duplicate_of_id": False, "state": "registered"},
            {"merge_snapshot": False},
        ):
            for login in ("agent", "supervisor", "manager"):
                with self.subTest(values=values, login=login):
                    with self.assertRefused(
                        "with the button “Same Matter”|there is no step|kept by the system", case
                    ):
                        self._as(login, case).write(values)
        with self.assertRefused("not allowed to create .Same Matter", case):
            acts.undo(self._as("quality", case), "x")
        self.assertEqual(case.state, "merged")

    # -- whose ----------------------------------------------------------------------------------

    def test_two_customers(self):
        """Only a supervisor with a reason; no one sees more than before."""
        case = self._complaint("agent2", category_id=self._category("bl02").id)
        original = self._complaint("agent2", partner_id=self.customer2.id, address="南湖路1号")
        with self.assertRaisesRegex(UserError, "ask a supervisor"):
            self._merge(case, original)
        with self.assertRaisesRegex(UserError, "why"):
            self._merge(case, original, "supervisor")
        self._merge(case, original, "supervisor", "同一根管")
        self.assertEqual(case.state, "merged")
        complaints = self.env["water.complaint"]
        for login, mine, theirs in (("portal1", case, original), ("portal2", original, case)):
            seen = self._as(login, complaints)
            self.assertTrue(seen._portal_find(mine.id))
            self.assertFalse(seen._portal_find(theirs.id))
            page = str(seen._portal_find(mine.id)._portal_page())
            self.assertNotIn(theirs.name, page)

    def test_no_reader_is_gained(self):
        """A department that has one does not see the other; a restricted one stays closed."""
        case = self._complaint_at("dispatched")
        original = self._complaint("agent2", category_id=self._category("st04").id)
        self._merge(case, original, "supervisor", "同一人同一事")
        for login, hidden in (("department", original), ("agent", original)):
            self.env.invalidate_all()
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(login, hidden).read(["subject"])
        self.env.invalidate_all()
        shown = self._as("agent", case).web_read(
            {"duplicate_of_id": {"fields": {"display_name": {}}}}
        )
        self.assertEqual(shown[0]["duplicate_of_id"]["display_name"], original.name)

    def test_hidden_or_finished_original(self):
        hidden = self._complaint("agent2", category_id=self._category("st04").id)
        finished = self._complaint_at("archived")
        for original, words in ((hidden, "may see"), (finished, "still open")):
            case = self._complaint()
            values = {"duplicate_of_id": original.id, "state": "merged"}
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                self._as("agent", case).write(values)

    # -- everybody is answered --------------------------------------------------------------------

    def _result(self, original):
        notices = self._as("agent", self.env["water.notice"])
        body = f"<p>李娜女士 13987654321, 南湖路1号: {original.name} 已换表。</p>"
        values = self._notice_values(body=body, told_to="李娜", subject=f"结果 {original.name}")
        notices._send(self._as("agent", original), values)
        self._as("agent", original).write({"state": "notified"})

    def _both(self, **values):
        original = self._complaint_at(
            "handling", partner_id=self.customer2.id, address="南湖路1号", resolution="已换表"
        )
        case = self._complaint(**values)
        self._merge(case, original, "supervisor", "同一块总表")
        self._finish_lead(original)
        self._result(original)
        return case, original

    def test_other_customer_is_told(self):
        """By mail if there is an address, without the other customer's words."""
        case, original = self._both(email_from="zhang@example.com")
        notice = case.notice_ids
        text = f"{notice.subject} {notice.body}"
        for word in ("李娜", "13987654321", "南湖路1号", original.name):
            self.assertNotIn(word, text)
        self.assertIn("已换表", text)
        self.assertIn(case.name, text)
        self.assertTrue(notice.sent_at)
        self.assertEqual(notice.customer_message_ids.address, "zhang@example.com")
        self.assertIn("duplicate_told", self._kinds(case))
        self.assertFalse(case.activity_ids)
        self.assertWhole(case)

    def test_anonymous_customer_is_told(self):
        """An anonymous customer with an address gets mail; otherwise the page shows it."""
        case, _original = self._both(is_anonymous=True, email_from="nobody@example.com")
        notice = case.notice_ids
        self.assertEqual((notice.mode, notice.way), ("written", "mail"))
        self.assertEqual(notice.customer_message_ids.address, "nobody@example.com")
        case, _original = self._both(is_anonymous=True, email_from=False)
        self.assertEqual(case.notice_ids.mode, "published")
        self.assertFalse(case.notice_ids.customer_message_ids)
        self.assertFalse(case.activity_ids)  # no one to call

    def test_unwritable_customer_is_called(self):
        case, _original = self._both(email_from=False)
        todo = case.activity_ids
        self.assertEqual(todo.user_id, self.users["agent"])
        self.assertIn("Tell the customer", todo.summary)

    def test_same_customer_is_told_once(self):
        """One message; each of the customer's cases records the notice."""
        original, case = self._complaint_at("handling", resolution="x"), self._complaint()
        self._merge(case, original)
        self._finish_lead(original)
        self._notify(original)
        self.assertEqual(len(case.notice_ids), 1)
        self.assertFalse(case.notice_ids.customer_message_ids)
        self.assertFalse(case.activity_ids)

    def test_left_out_of_the_rates(self):
        """Merged, withdrawn and anonymous ones count for the volume alone."""
        counted = self._complaint()
        for case in (
            self._complaint_at("merged"),
            self._complaint_at("withdrawn"),
            self._complaint(is_anonymous=True),
        ):
            self.assertFalse(case.counts_for_rates)
        self.assertTrue(counted.counts_for_rates)
