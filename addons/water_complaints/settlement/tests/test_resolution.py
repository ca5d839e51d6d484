"""Plans in versions and talks with the customer (S3.2.3a, S3.2.3b)."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...investigation.tests.common import FactCommon


@tagged("post_install", "-at_install")
class TestResolution(FactCommon):
    def setUp(self):
        super().setUp()
        self.case = self._complaint_at("investigating", severity="complex")
        self.work = self._as("department", self.case)

    def test_first_proposal_meets_the_plan_clock(self):
        clock = self._clock(self.case, "plan")
        plan = self._plan(self.case)
        self.assertFalse(clock.met_at)
        self._as("department", plan).action_propose()
        self.assertEqual(clock.met_at, fields.Datetime.now())
        self.assertEqual((plan.version, plan.state), (1, "proposed"))
        self.assertEqual(plan.proposed_by_id, self.users["department"])
        tomorrow = fields.Date.to_string(plan.action_ids.due_on)
        for words in ("换表并退费", "换表", self.users["department"].name, tomorrow):
            self.assertIn(words, self.case.plan)
        self.assertEqual(self._kinds(self.case).count("planned"), 1)
        self.assertWhole(self.case)

    def test_text_still_meets_it(self):
        """A plan written as text meets the clock too."""
        self.work.plan = "换表"
        self.assertTrue(self._clock(self.case, "plan").met_at)
        self.assertEqual(self._kinds(self.case).count("planned"), 1)

    def test_no_line_is_carried_into_another_plan(self):
        """Neither into one that was offered, nor into that of a complaint of others."""
        line = self._plan(self.case).action_ids
        other = self._plan(self._complaint_at("investigating"), login="supervisor")
        for login, plan in (("department", self._proposed(self.case)), ("supervisor", other)):
            with self.assertRefused("kept by the system", line):
                self._as(login, line).write({"resolution_id": plan.id})
        self.assertEqual(line.resolution_id.state, "draft")

    def test_proposal_needs_actions(self):
        plan = self._plan(self.case, action_ids=[])
        with self.assertRaisesRegex(UserError, "by whom and until when"):
            self._as("department", plan).action_propose()

    def test_proposed_is_frozen(self):
        """A proposed plan cannot be edited or deleted, nor its actions."""
        plan = self._proposed(self.case)
        action = plan.action_ids
        for login in ("department", "agent", "manager", "su"):
            mine, line = self._as(login, plan), self._as(login, action)
            for name, call in (
                ("text", lambda mine=mine: mine.write({"text": "x"})),
                ("state", lambda mine=mine: mine.write({"state": "accepted"})),
                ("line", lambda line=line: line.write({"due_on": "2030-01-01"})),
                ("done", lambda line=line: line.write({"done_at": "2030-01-01"})),
                ("new line", lambda mine=mine: mine.write({"action_ids": [Command.clear()]})),
                ("unlink", mine.unlink),
                ("unlink line", line.unlink),
            ):
                with (
                    self.subTest(login=login, name=name),
                    self.assertRefused("A plan that was proposed is|This is kept by the system"),
                ):
                    call()
        with self.assertRefused("A plan that was proposed is not changed any"):
            self._as("department", self.env["water.resolution.action"]).create(
                {
                    "resolution_id": plan.id,
                    "name": "x",
                    "user_id": self.users["department"].id,
                    "due_on": "2026-03-12",
                }
            )

    def test_new_version_replaces_the_old(self):
        """A changed plan is a new version, with the open actions."""
        first = self._proposed(self.case)
        action = self._as("department", first).action_new_version()
        second = self.env["water.resolution"].browse(action["res_id"])
        self.assertEqual((second.version, second.state), (2, "draft"))
        self.assertEqual(second.action_ids.mapped("name"), ["换表"])
        self._as("department", second).text = "换表, 退费, 道歉"
        self._as("department", second).action_propose()
        self.assertEqual((first.state, second.state), ("superseded", "proposed"))
        self.assertIn("道歉", self.case.plan)

    def test_owner_sees_the_complaint(self):
        """Work cannot be given to people without access to the complaint."""
        for login in ("department2", "plain"):
            line = {"name": "x", "user_id": self.users[login].id, "due_on": "2026-03-12"}
            with self.subTest(login=login), self.assertRaisesRegex(ValidationError, "dispatch it"):
                self._plan(self.case, action_ids=[Command.create(line)])

    def test_actions_are_done(self):
        """Owners say that it is done; when all is done the result says so."""
        plan = self._proposed(self.case)
        self._round(self.case, resolution_id=plan.id, answer="accepted", settlement="同意换表")
        for login in ("agent2", "quality"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._as(login, plan.action_ids).action_done()
            self.assertFalse(self._as(login, plan.action_ids).can_finish)
        self.assertTrue(self._as("department", plan.action_ids).can_finish)
        self._as("department", plan.action_ids).action_done("已换新表")
        self.assertFalse(self._as("department", plan.action_ids).can_finish, "it is done")
        self.assertEqual(plan.action_ids.done_by_id, self.users["department"])
        self.assertEqual(self.case.resolution, "已换新表")
        event = self.case.event_ids.filtered(lambda row: row.kind == "action_done")
        self.assertEqual(event.payload, {"what": "换表", "result": "已换新表"})
        with self.assertRefused("is not waiting to be done"):
            self._as("department", plan.action_ids).action_done()

    def _remind(self):
        with self.enter_registry_test_mode():
            self.env.ref("water_complaints.ir_cron_plan_actions").method_direct_trigger()
        self.env.invalidate_all()

    def _todos(self):
        kind = self.env.ref("water_complaints.mail_activity_type_plan")
        return self.case.activity_ids.filtered(lambda todo: todo.activity_type_id == kind)

    def test_overdue_owners_are_reminded_once(self):
        plan = self._proposed(self.case)
        self._remind()
        self.assertFalse(self._todos())
        with freeze_time("2026-03-14 02:00:00"):
            self.assertTrue(plan.action_ids.is_overdue)
            overdue = self.env["water.resolution.action"].search([("is_overdue", "=", True)])
            self.assertIn(plan.action_ids, overdue)
            self._remind()
            self._remind()
            self.assertEqual(self._todos().user_id, self.users["department"])
            self.assertEqual(len(self._todos()), 1)
            self._as("department", plan.action_ids).action_done()
        self.assertFalse(self._todos())

    def test_the_reminder_of_who_has_left_ends_when_it_is_done(self):
        plan = self._proposed(self.case)
        self.users["department"].active = False
        with freeze_time("2026-03-14 02:00:00"):
            self._remind()
            self.assertEqual(self._todos().user_id, self.case.first_responsible_id)
            self._as("agent", plan.action_ids).action_done()
        self.assertFalse(self._todos())

    def test_drafts_send_no_reminders(self):
        self._plan(self.case)
        with freeze_time("2026-03-14 02:00:00"):
            self._remind()
        self.assertFalse(self._todos())


@tagged("post_install", "-at_install")
class TestNegotiation(FactCommon):
    def setUp(self):
        super().setUp()
        self.case = self._complaint_at("handling")
        self.plan = self._proposed(self.case)

    def test_two_rounds_to_a_settlement(self):
        """Rejected, offered anew, accepted: the version that was offered is in force."""
        first = self._round(
            self.case,
            resolution_id=self.plan.id,
            answer="rejected",
            customer_view="只换表不行",
        )
        self.assertEqual((self.plan.state, self.plan.reject_reason), ("rejected", "只换表不行"))
        second = self._proposed(self.case, text="换表, 退 147.50 元")
        last = self._round(self.case, resolution_id=second.id, medium="visit")
        self.assertEqual((first.number, last.number), (1, 2))
        self.assertEqual((first.is_last, last.is_last), (False, True))
        mine = self._as("agent", last)
        with (
            self.assertRaisesRegex(UserError, "what both sides have agreed on"),
            self.env.cr.savepoint(),
        ):
            mine.answer = "accepted"
        mine.write({"answer": "accepted", "settlement": "退 147.50 元, 客户无异议"})
        self.assertEqual((second.state, last.answered_at), ("accepted", fields.Datetime.now()))
        self.assertEqual(self.case.accepted_resolution_id, second)
        self.assertEqual(self.case.settlement, "退 147.50 元, 客户无异议")
        self.assertIn("147.50", self.case.plan)
        for kind in ("plan_rejected", "plan_accepted", "negotiated", "contacted"):
            self.assertIn(kind, self._kinds(self.case))
        accepted = self.case.event_ids.filtered(lambda row: row.kind == "plan_accepted")
        self.assertEqual(accepted.payload["settlement"], last.settlement)
        self.assertWhole(self.case)

    def test_round_is_a_contact(self):
        """The first talk meets the contact clock, at the time it was held."""
        case = self._complaint("integration", channel_id=self._channel("app").id)
        self._as("agent", case).action_take()
        self.assertFalse(case.first_contact_at)
        with freeze_time("2026-03-11 02:30:00"):
            at = fields.Datetime.now() - timedelta(minutes=10)
            self._round(case, at=at)
        self.assertEqual(case.first_contact_at, at)
        self.assertEqual(self._clock(case, "contact").met_at, at)

    def test_words_that_are_missing(self):
        """Each answer needs its text; otherwise nothing is saved."""
        for values, words in (
            ({"answer": "accepted", "settlement": "好"}, "Choose the version"),
            ({"answer": "accepted", "resolution_id": self.plan.id}, "agreed on"),
            ({"answer": "rejected"}, "why the customer rejects"),
            ({"answer": "counter", "customer_view": "x"}, "asks for instead"),
            ({"next_step": False}, "what comes next"),
            ({"next_on": False}, "what comes next"),
            ({"next_on": "2020-01-01"}, "comes after the talk"),
            ({"at": self._later(hours=1)}, "yet to come"),
            ({"at": "2020-01-01 00:00:00"}, "before the complaint was received"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, words),
                self.env.cr.savepoint(),
            ):
                self._round(self.case, **values)
        self.assertFalse(self.case.negotiation_ids)
        self.assertEqual(self.plan.state, "proposed")

    def test_only_what_is_on_the_table_is_accepted(self):
        """A draft, a replaced version and a plan of another complaint are no offers."""
        draft = self._plan(self.case, "agent")
        other = self._proposed(self._complaint_at("investigating"))
        newer = self._proposed(self.case, "agent")
        self.assertEqual(self.plan.state, "superseded")
        for plan in (draft, self.plan, other):
            with (
                self.subTest(plan=plan.display_name),
                self.assertRefused("Only a plan that is proposed|The plan belongs to another"),
                self.env.cr.savepoint(),
            ):
                self._round(self.case, resolution_id=plan.id, answer="accepted", settlement="好")
        self._round(self.case, resolution_id=newer.id, answer="accepted", settlement="好")
        self.assertEqual(newer.state, "accepted")

    def test_counter_offer_leaves_the_plan_on_the_table(self):
        row = self._round(
            self.case, resolution_id=self.plan.id, answer="counter", counter_offer="再赔 50 元"
        )
        self.assertEqual((self.plan.state, row.answered_at), ("proposed", fields.Datetime.now()))

    def test_answered_round_is_kept(self):
        """Answered rounds and open offers cannot be edited or deleted."""
        row = self._round(self.case)
        with self.assertRaisesRegex(UserError, "stays as it was written"):
            self._as("agent", row).offer = "x"
        self._as("agent", row).customer_view = "想一想"
        self._as("agent", row).write({"answer": "counter", "counter_offer": "退全款"})
        for login in ("agent", "supervisor", "manager", "su"):
            mine = self._as(login, row)
            for values in ({"customer_view": "x"}, {"answer": "open"}, {"number": 9}):
                with (
                    self.subTest(login=login, values=values),
                    self.assertRefused("This is kept by the system|This round was answered and"),
                ):
                    mine.write(values)
            with self.subTest(login=login), self.assertRaises(AccessError):
                mine.unlink()

    def test_accepted_version_is_frozen(self):
        self._round(self.case, resolution_id=self.plan.id, answer="accepted", settlement="好")
        for login in ("department", "agent", "manager", "su"):
            with (
                self.subTest(login=login),
                self.assertRefused("A plan that was proposed is not changed any"),
            ):
                self._as(login, self.plan).text = "x"
        newer = self._proposed(self.case, "agent")
        self.assertEqual(self.plan.state, "accepted")  # until the customer agrees to the new one
        self._round(self.case, resolution_id=newer.id, answer="accepted", settlement="改期")
        self.assertEqual((self.plan.state, newer.state), ("superseded", "accepted"))

    def test_open_rounds_for_supervisors(self):
        """The list of unsettled complaints holds the latest round of each complaint."""
        action = self.env.ref("water_complaints.action_negotiation")
        self.assertIn("search_default_waiting", action.context)
        waiting = [("is_last", "=", True), ("answer", "!=", "accepted")]
        first, second = self._round(self.case), self._round(self.case)
        rows = self._as("supervisor", self.env["water.negotiation"])
        found = rows.search([*waiting, ("complaint_id", "=", self.case.id)])
        self.assertEqual(found, second)
        self.assertNotEqual(first, second)
