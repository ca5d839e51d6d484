from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.trust import trusted

from ...investigation.tests.common import FactCommon

TODAY, DAY = date(2026, 3, 11), timedelta(days=1)
STATES = ("draft", "proposed", "accepted", "rejected", "superseded")


@tagged("post_install", "-at_install")
class TestSettlement(FactCommon):
    """Meaning of a plan and of negotiations in each state."""

    def setUp(self):
        super().setUp()
        self.case = self._complaint_at("investigating", severity="complex")

    def _action(self, plan, **values):
        values = {"resolution_id": plan.id, "name": "换表", "due_on": TODAY, **values}
        values.setdefault("user_id", self.users["department"].id)
        return trusted(self.env["water.resolution.action"].sudo()).create(values).with_env(self.env)

    def test_overdue_cases(self):
        """Promised, not done, and its day is over; found as it is shown."""
        plan, now = self._plan(self.case, action_ids=[]), fields.Datetime.now()
        for state in STATES:
            trusted(plan.sudo()).state = state
            for due, done in (
                *((TODAY, False), (TODAY - DAY, False), (TODAY - DAY, now), (TODAY + DAY, False)),
            ):
                row = self._action(plan, due_on=due, done_at=done)
                waits = state in ("proposed", "accepted") and not done
                found = row.search([("is_overdue", "=", True), ("id", "=", row.id)])
                with self.subTest(state=state, due=due, done=done):
                    self.assertIs(row._is_waiting(), waits)
                    self.assertIs(row.is_overdue, waits and due < TODAY)
                    self.assertEqual(found, row if row.is_overdue else row.browse())
                    self.assertIs(self._as("department", row).can_finish, waits)

    def test_reporter_of_completion(self):
        """The assignee, and the complaint's handlers."""
        row = self._proposed(self.case).action_ids
        trusted(row.sudo()).user_id = self.users["agent2"]
        for login, may in (
            *(("agent2", True), ("department", True), ("agent", True), ("supervisor", True)),
            *(("quality", False), ("department2", False)),
        ):
            self.assertIs(row.with_user(self.users[login]).sudo(False)._may_finish(), may, login)

    def test_the_result_says_so_when_all_is_done(self):
        """In the words of who did it, else in those of the plan; existing values stay."""
        for known, result in ((False, "已换新表\n退费"), ("先前写的", "先前写的")):
            case = self._complaint_at("investigating")
            plan = self._proposed(
                case,
                action_ids=[
                    Command.create(
                        {"name": name, "user_id": self.users["department"].id, "due_on": TODAY}
                    )
                    for name in ("换表", "退费")
                ],
            )
            trusted(case.sudo()).resolution = known
            first, second = plan.action_ids
            self.assertIs(self._as("department", first).action_done("已换新表"), True)
            self.assertEqual((plan.action_count, plan.done_count), (2, 1))
            self.assertEqual(case.resolution, known)
            self._as("department", second).action_done()
            self.assertEqual(case.resolution, known, "it is not accepted")
            trusted(plan.sudo()).state = "accepted"
            trusted(second.sudo()).done_at = False
            plan._finish_if_done()
            self.assertEqual(case.resolution, known)
            self._as("department", second).action_done()
            self.assertEqual(case.resolution, result)

    def test_owner_of_activity(self):
        """The owner if present and permitted; else the responsible person; else the general
        manager.
        """
        row, general = self._proposed(self.case).action_ids, self.users["manager"]
        owner = self.users["department"]
        self.company.water_general_manager_id = general
        self.assertEqual(row._whom_to_remind(), owner)
        owner.active = False
        self.assertEqual(row._whom_to_remind(), self.users["agent"])
        self.users["agent"].active = False
        self.assertEqual(row._whom_to_remind(), general)
        self.company.water_general_manager_id = False
        self.assertEqual(row._whom_to_remind(), owner)

    def test_to_dos_of_what_is_done_alone_end(self):
        """Not those of another line, kind or person."""
        row = self._proposed(self.case).action_ids
        with freeze_time("2026-03-14 02:00:00"):
            trusted(row.sudo())._remind()
            own = self.case.activity_ids.filtered(lambda todo: todo.summary == "换表")
            self.assertEqual(len(own), 1)
            self.assertEqual(row.reminded_on, date(2026, 3, 14))
            kind = "water_complaints.mail_activity_type_plan"
            others = [
                self.case.sudo().activity_schedule(kind_id, TODAY, summary=summary, user_id=user.id)
                for kind_id, summary, user in (
                    (kind, "退费", self.users["department"]),
                    (kind, "换表", self.users["supervisor"]),
                    ("mail.mail_activity_data_todo", "换表", self.users["department"]),
                )
            ]
            self._as("department", row).action_done()
        left = self.case.activity_ids.filtered(lambda todo: todo.summary in ("换表", "退费"))
        self.assertEqual(set(left.ids), {todo.id for todo in others})

    def test_no_reminders_of_finished_work(self):
        row = self._proposed(self.case).action_ids
        trusted(self.case.sudo()).state = "withdrawn"
        trusted(row.sudo())._remind()
        self.assertFalse(self.case.activity_ids.filtered(lambda todo: todo.summary == "换表"))
        self.assertEqual(row.reminded_on, TODAY)  # not looked at again

    # -- versions ---------------------------------------------------------------------------

    def test_possible_answers(self):
        """Proposed plans only, by the complaint's handlers."""
        for state in STATES:
            plan = self._plan(self.case, action_ids=[])
            trusted(plan.sudo()).state = state
            is_offered = state == "proposed"
            with self.subTest(state):
                self.assertIs(self._as("department", self.case).can_offer, is_offered)
                self.assertIs(self._as("agent2", self.case).can_offer, False)
                self.assertIs(self._as("department", plan).can_propose, state == "draft")
                for answer in (lambda row: row._accept("好"), lambda row: row._reject("不好")):
                    point = self.env.cr.savepoint()
                    if is_offered:
                        answer(plan)
                        self.assertIn(plan.state, ("accepted", "rejected"))
                    else:
                        with self.assertRaisesRegex(UserError, "Only a plan that is proposed"):
                            answer(plan)
                    point.close(rollback=True)
                    self.env.invalidate_all()
            trusted(plan.sudo()).state = "rejected"

    def test_another_version_takes_the_place(self):
        """The proposed plan at proposal, the accepted one at acceptance."""
        plans = {}
        for state in STATES:
            plans[state] = self._plan(self.case, action_ids=[])
            trusted(plans[state].sudo()).state = state
        newest = self._proposed(self.case, "agent")
        after = {"proposed": "superseded"}
        for state, plan in plans.items():
            self.assertEqual(plan.state, after.get(state, state))
        trusted(plans["proposed"].sudo()).state = "proposed"
        newest._accept("好")
        after = {"proposed": "superseded", "accepted": "superseded"}
        for state, plan in plans.items():
            self.assertEqual(plan.state, after.get(state, state))
        self.assertEqual((newest.state, newest.accepted_at), ("accepted", fields.Datetime.now()))
        self.assertEqual(self.case.accepted_resolution_id, newest)

    def test_agreed_values(self):
        """The words of the round that has accepted the plan in force."""
        first = self._proposed(self.case)
        self._round(self.case, resolution_id=first.id, answer="accepted", settlement="先换表")
        self.assertEqual(self.case.settlement, "先换表")
        second = self._proposed(self.case)
        self._round(self.case, resolution_id=second.id, answer="counter", counter_offer="再退费")
        self.assertEqual(self.case.settlement, "先换表")
        self._round(self.case, resolution_id=second.id, answer="accepted", settlement="换表退费")
        self.assertEqual(self.case.settlement, "换表退费")
        trusted(second.sudo()).state = "superseded"
        self.assertFalse(self.case.settlement)

    def test_a_new_plan_goes_on_from_the_last(self):
        """A draft is opened again; of a version a new one is made; else from the text there is."""
        work = self._as("department", self.case)
        context = work.action_plan()["context"]
        self.assertEqual(context["default_complaint_id"], self.case.id)
        self.assertFalse(context["default_text"])
        work.plan = "换表"
        self.assertEqual(work.action_plan()["context"]["default_text"], "换表")
        draft = self._plan(self.case)
        self.assertEqual(work.action_plan()["res_id"], draft.id)
        self.assertEqual(work.action_negotiate()["context"]["default_resolution_id"], False)
        self._as("department", draft).action_propose()
        context = work.action_negotiate()["context"]
        self.assertEqual(context["default_resolution_id"], draft.id)
        self.assertEqual(context["default_offer"], draft.text)
        done = self._action(draft, name="已做", done_at=fields.Datetime.now())
        newer = self.env["water.resolution"].browse(work.action_plan()["res_id"])
        self.assertEqual((newer.version, newer.text), (2, draft.text))
        self.assertEqual(newer.action_ids.mapped("name"), (draft.action_ids - done).mapped("name"))

    def test_plan_in_words_is_told_once(self):
        """The first words meet the clock; a later correction is no second plan."""
        work = self._as("department", self.case)
        work.plan = False
        self.assertNotIn("planned", self._kinds(self.case))
        for text in ("换表", "换表退费", False):
            work.plan = text
        self.assertEqual(self._kinds(self.case).count("planned"), 1)

    # -- rounds -----------------------------------------------------------------------------

    def test_when_a_round_was(self):
        """From the receipt until now; watches may run five minutes ahead."""
        now, second = fields.Datetime.now(), timedelta(seconds=1)
        five, received = timedelta(minutes=5), self.case.received_at
        for at, fits in (
            *((received, True), (received - second, False)),
            *((now + five, True), (now + five + second, False)),
        ):
            with self.subTest(at=at):
                if fits:
                    self.assertEqual(self._round(self.case, at=at).at, at)
                else:
                    with self.assertRaises(ValidationError), self.env.cr.savepoint():
                        self._round(self.case, at=at)

    def test_received_at_a_machine_whose_clock_is_ahead(self):
        """A talk now uses the server's time, and cannot precede the complaint."""
        now = fields.Datetime.now()
        ahead = timedelta(minutes=10)
        self.env.flush_all()
        query = "UPDATE water_complaint SET received_at = %s, create_date = %s WHERE id = %s"
        self.env.cr.execute(query, (now + ahead, now, self.case.id))
        self.env.invalidate_all()
        self.assertEqual(self._round(self.case).at, now)
        with freeze_time(now + ahead):
            self.assertEqual(self._round(self.case, at=now).at, now)
            before = now - timedelta(seconds=1)
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._round(self.case, at=before)

    def test_rounds_of_one_batch(self):
        """Numbered on from the last; the newest alone is the latest, of each complaint."""
        other = self._complaint_at("investigating")
        first = self._round(self.case)
        values = {"offer": "换表", "next_step": "再谈", "next_on": TODAY}
        rows = self._as("supervisor", self.env["water.negotiation"]).create(
            [{**values, "complaint_id": case.id} for case in (self.case, other, self.case)]
        )
        self.assertEqual(rows.mapped("number"), [2, 1, 3])
        self.assertEqual(rows.mapped("is_last"), [False, True, True])
        self.assertFalse(first.is_last)

    def test_effects_of_answer(self):
        """Recorded when the customer has given it; a plan follows."""
        plan = self._proposed(self.case)
        row = self._round(self.case, resolution_id=plan.id)
        self.assertEqual((row.answered_at, plan.state), (False, "proposed"))
        self.assertEqual(self._kinds(self.case).count("negotiated"), 1)
        self.assertIs(self._as("agent", row).can_answer, True)
        self.assertIs(self._as("agent2", row).can_answer, False)
        self._as("agent", row).customer_view = "再想想"
        self.assertEqual(self._kinds(self.case).count("negotiated"), 1)
        self._as("agent", row).write({"answer": "rejected", "customer_view": "不够"})
        self.assertEqual((row.answered_at, plan.state), (fields.Datetime.now(), "rejected"))
        self.assertEqual((plan.reject_reason, plan.rejected_at), ("不够", row.answered_at))
        self.assertEqual(self._kinds(self.case).count("negotiated"), 2)
        self.assertIs(self._as("agent", row).can_answer, False)
        talk = self._round(self.case, answer="rejected", customer_view="不谈")  # of no plan
        self.assertEqual(talk.answered_at, fields.Datetime.now())
        self.assertEqual(talk._payload()["version"], 0)
        self.assertEqual(row._payload()["version"], plan.version)
