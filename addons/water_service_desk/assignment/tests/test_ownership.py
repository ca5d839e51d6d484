from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import WaterCommon
from ...base.trust import trusted


@tagged("post_install", "-at_install")
class TestOwnership(WaterCommon):
    """First responsibility (首诉负责制, S3.1.1): set once, changed only by hand-over."""

    def test_registrar_is_responsible(self):
        """The registering agent is responsible, and handles the case."""
        case = self._inquiry("agent")
        agent = self.users["agent"]
        self.assertEqual(case.first_responsible_id, agent)
        self.assertEqual(case.original_responsible_id, agent)
        self.assertEqual(case.user_id, agent)

    def test_machines_are_not_responsible(self):
        """Cases filed by machine wait for the first agent who takes them."""
        case = self._inquiry("integration")
        self.assertFalse(case.first_responsible_id | case.user_id)
        self._as("agent2", case).action_take()
        agent2 = self.users["agent2"]
        self.assertEqual(case.first_responsible_id, agent2)
        self.assertEqual(case.original_responsible_id, agent2)
        self.assertEqual(self._kinds(case)[-1], "taken")
        with self.assertRefused("is with .*agent2.* already", case):
            self._as("agent", case).action_take()
        self.assertEqual(case.first_responsible_id, agent2)
        other = self._inquiry("integration")
        self._as("agent", case | other).action_take()  # of several, those that are free
        self.assertEqual(other.first_responsible_id, self.users["agent"])
        self.assertWhole(case)

    def test_taking_users(self):
        """Only agents take; a department that sees the case does not."""
        case = self._inquiry("integration")
        self._dispatch(case, login="su")
        for login in ("department", "quality", "plain", "portal1", "integration"):
            with (
                self.subTest(login=login),
                self.assertRefused("Only service agents can take|not allowed to"),
            ):
                self._as(login, case).action_take()
        self.assertFalse(case.first_responsible_id)

    def test_the_department_that_has_the_work(self):
        """No second dispatch to the same department: it would count the first one's missed
        limits. Seen before, and after a return.
        """
        case = self._inquiry("agent")
        mine = self._as("agent", case)
        mine.department_id = self.lab
        dispatch = self._dispatch(case)
        for login in ("agent", "supervisor", "manager"):
            for other in (self.lab.id, False):
                with self.subTest(login=login), self.assertRefused("Dispatch it", case):
                    self._as(login, case).write({"department_id": other})
        mine.write({"department_id": self.net.id, "subject": "水表"})  # a form sends all values
        self.assertEqual((mine.subject, case.department_id), ("水表", self.net))
        acts.reject(self._as("department", dispatch), "不属我部门")
        mine.department_id = self.lab
        self._dispatch(case, self.lab)
        self.assertEqual(self._lead(case).department_id, self.lab)
        self.assertEqual(case.department_id, self.lab)

    def test_finished_work_cannot_be_taken(self):
        """A finished case gets no new first responsible person."""
        case = self._inquiry("integration")
        trusted(case).write({"state": "withdrawn"})
        with self.assertRefused("it can no longer be added to"):
            self._as("agent", case).action_take()
        self.assertFalse(case.first_responsible_id)

    def test_set_once(self):
        """No role changes it by writing, not even the supervisor or the system."""
        case = self._inquiry("agent")
        other = self.users["agent2"].id
        for login in (*self.users, "su"):
            for values in (
                {"first_responsible_id": other},
                {"first_responsible_id": False},
                {"original_responsible_id": other},
                {"rejection_count": 0},
            ):
                with (
                    self.subTest(login=login, values=values),
                    self.assertRefused(
                        "kept by the system|Only service agents|by a hand-over|top-secret", case
                    ),
                ):
                    self._as(login, case).write(values)
        self.assertEqual(case.first_responsible_id, self.users["agent"])

    def test_same_value_is_no_change(self):
        """A form that sends back what it read is not refused."""
        case = self._inquiry("agent")
        self._as("agent2", case).write({"first_responsible_id": self.users["agent"].id})
        self.assertEqual(case.first_responsible_id, self.users["agent"])

    def test_original_is_not_forged_at_creation(self):
        """A new case's original is its first responsible person, regardless of sent values."""
        case = self._inquiry("agent", original_responsible_id=self.users["agent2"].id)
        self.assertEqual(case.original_responsible_id, self.users["agent"])
        case = self._inquiry("agent", first_responsible_id=self.users["agent2"].id)
        self.assertEqual(case.original_responsible_id, self.users["agent2"])
        self.assertEqual(case.user_id, self.users["agent2"])

    def test_hand_over(self):
        """A supervisor hands over with a reason; who was first stays on record."""
        case = self._inquiry("agent")
        agent, agent2 = self.users["agent"], self.users["agent2"]
        acts.hand_over(self._as("supervisor", case), agent2, "陈晨请假")
        self.assertEqual(case.first_responsible_id, agent2)
        self.assertEqual(case.user_id, agent2)
        self.assertEqual(case.original_responsible_id, agent)
        event = case.event_ids.sorted("id")[-1]
        self.assertEqual(event.kind, "handed_over")
        self.assertEqual(event.user_id, self.users["supervisor"])
        self.assertEqual(event.payload, {"from": agent.id, "to": agent2.id, "reason": "陈晨请假"})
        acts.hand_over(self._as("supervisor", case), agent, "陈晨回来")
        self.assertEqual(case.first_responsible_id, agent)
        self.assertEqual(case.original_responsible_id, agent)
        self.assertWhole(case)

    def test_hand_over_is_for_supervisors(self):
        """Others are refused, by method and by dialog."""
        case = self._inquiry("agent")
        self._dispatch(case)
        for login in self.users.keys() - {"supervisor", "manager"}:
            with (
                self.subTest(login=login),
                self.assertRefused(
                    "Only a supervisor can hand a|top-secret records|not allowed to"
                ),
            ):
                acts.hand_over(self._as(login, case), self.users["agent2"], "理由")
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._wizard(login, case).action_hand_over()
        self.assertEqual(case.first_responsible_id, self.users["agent"])

    def _wizard(self, login, cases, reason="理由"):
        wizards = self._as(login, self.env["water.handover.wizard"]).with_context(
            active_model=cases._name, active_ids=cases.ids
        )
        return wizards.create({"user_id": self.users["agent2"].id, "reason": reason})

    def test_hand_over_needs_a_reason(self):
        case = self._inquiry("agent")
        with self.assertRaisesRegex(UserError, "Say why"):
            acts.hand_over(self._as("supervisor", case), self.users["agent2"], "   ")

    def test_hand_over_of_many(self):
        """The dialog hands several cases over at once."""
        cases = self._inquiry("agent") | self._inquiry("agent2")
        self._wizard("supervisor", cases).action_hand_over()
        self.assertEqual(cases.first_responsible_id, self.users["agent2"])
        self.assertEqual(
            cases.mapped("original_responsible_id"), self.users["agent"] | self.users["agent2"]
        )
        self.assertWhole(cases)

    def test_assigning_the_handler_is_logged(self):
        """The handler may change freely; each change leaves an event."""
        case = self._inquiry("agent")
        self._as("agent", case).user_id = self.users["agent2"]
        event = case.event_ids.sorted("id")[-1]
        self.assertEqual((event.kind, event.payload), ("assigned", {"to": self.users["agent2"].id}))
        self.assertEqual(case.first_responsible_id, self.users["agent"])

    def test_stays_to_the_end(self):
        """Dispatch, rejection and answer leave the first responsible person in place."""
        case = self._inquiry("agent")
        dispatch = self._dispatch(case, login="agent2")
        acts.reject(self._as("department", dispatch), "不属管网")
        dispatch = self._dispatch(case, self.lab, login="agent2")
        work = self._as("department2", dispatch)
        work.action_accept()
        work.result = "已化验"
        work.action_finish()
        self._as("agent2", case).write({"answer": "答复", "state": "answered"})
        self._as("agent2", case).action_close()
        self.assertEqual(case.first_responsible_id, self.users["agent"])
        self.assertEqual(case.original_responsible_id, self.users["agent"])
        self.assertWhole(case)

    def test_leaver_has_open_cases(self):
        """Supervisors are told how many to hand over; none, no message."""
        self._inquiry("agent2")
        subject = [("subject", "ilike", "has left: 1 open cases")]
        for login, told in (("quality", False), ("agent2", True)):
            self.users[login].active = False
            message = self.env["mail.message"].search(subject)
            self.assertEqual(bool(message), told, login)
        self.assertIn(self.users["supervisor"].partner_id, message.notified_partner_ids)

    def test_leaver_is_not_on_call(self):
        """And no head: supervisors are asked to name another."""
        self.net.on_call_user_ids = agent2 = self.users["agent2"]
        self.lab.manager_id, agent2.name = agent2, "Another"
        agent2.active = False
        subject = [("subject", "=", "Another has left: work lies open")]
        message = self.env["mail.message"].search(subject)
        self.assertIn(self.users["supervisor"].partner_id, message.notified_partner_ids)
        self.assertIn("Responsible Department: 2", message.body)

    def test_left_work_is_counted_once_for_both_parts(self):
        """Open cases of all types that the user is responsible for or handles."""
        agent2 = self.users["agent2"]
        mine = self._inquiry("agent2")
        mine.sudo().user_id = self.users["agent"]  # responsible
        self._inquiry(user_id=agent2.id)  # handling
        self._at_door("agent2", self.env["water.request"]).create(self._request_values())
        trusted(self._inquiry("agent2")).write({"state": "closed"})
        agent2.name = "Another"
        subject = [("subject", "ilike", "has left: ")]
        self.assertFalse(self.env["mail.message"].search(subject))
        agent2.active = False
        message = self.env["mail.message"].search(subject)
        self.assertEqual(message.subject, "Another has left: 3 open cases")
        agent2.active = False
        self.assertEqual(self.env["mail.message"].search_count(subject), 1)

    def test_a_deputy_who_leaves_has_cases_in_hand(self):
        """Absent people are not notified: supervisors choose a deputy."""
        agent2 = self.users["agent2"]
        agent2.name = "Another"
        case = self._inquiry("agent")
        self._dispatch(case)
        trusted(case).user_id = self.users["department"]
        until = fields.Datetime.now() + timedelta(days=7)
        acts.appoint_deputy(self._as("supervisor", case), agent2, until, "年假")
        self.assertEqual(case.user_id, self.users["department"])
        agent2.active = False
        message = self.env["mail.message"].search([("subject", "ilike", "Another has left: ")])
        self.assertEqual(message.subject, "Another has left: 1 open cases")
        with self.assertRaisesRegex(UserError, "Another has left"):
            acts.appoint_deputy(self._as("supervisor", case), agent2, until, "年假")

    def test_taken_again_is_nothing_new(self):
        case = self._inquiry("agent")
        count = case.event_count
        self.assertTrue(self._as("agent", case).action_take())
        self.assertEqual((case.event_count, case.user_id), (count, self.users["agent"]))

    def test_given_at_the_door(self):
        """The registering user is responsible, another may handle it; machines name no one."""
        for values, first, user in (
            ({}, "agent", "agent"),
            ({"first_responsible_id": False}, "agent", "agent"),
            ({"user_id": self.users["agent2"].id}, "agent", "agent2"),
            ({"first_responsible_id": self.users["agent2"].id}, "agent2", "agent2"),
        ):
            case = self._inquiry(**values)
            self.assertEqual(
                (case.first_responsible_id, case.user_id), (self.users[first], self.users[user])
            )
        case = self._inquiry("integration")
        case.sudo().first_responsible_id = self.users["agent2"]
        self.assertEqual(case.original_responsible_id, self.users["agent2"])

    def test_in_charge(self):
        """Of the department or the category's, else the general manager; no former employees."""
        case = self._inquiry(category_id=self._category("wq04").id)
        self.company.water_general_manager_id = self.users["manager"]
        self.assertEqual(case._vice_president(), self.users["manager"])
        self.lab.deputy_id, self.net.deputy_id = self.users["quality"], self.users["plain"]
        self.assertEqual(case._vice_president(), self.users["quality"])
        case.sudo().department_id = self.net
        self.assertEqual(case._vice_president(), self.users["plain"])
        self.users["plain"].active = False
        self.assertEqual(case._vice_president(), self.users["manager"])

    def test_heads_of_the_work(self):
        """The department's head, who may see the case; else the desk's supervisors."""
        case = self._inquiry()
        desk = case._desk_supervisors()
        self.assertIn(self.users["supervisor"], desk)
        self.net.manager_id = False
        self._dispatch(case)
        self.assertEqual(case._supervisors(), desk)
        self.net.manager_id = self.users["department2"]  # of another department: sees nothing
        self.assertEqual(case._supervisors(), desk)
        self.net.manager_id = self.users["department"]
        self.assertEqual(case._supervisors(), self.users["department"])
        self.users["department"].active = False
        self.assertEqual(case._supervisors(), desk)
        self.users["supervisor"].active = False
        self.assertNotIn(self.users["supervisor"], case._desk_supervisors())

    def _relieved(self, login):
        """Notices to a deputy about an early end, latest first."""
        about = [("partner_ids", "in", self.users[login].partner_id.ids)]
        about.append(("subject", "like", "You no longer act as first responsible person"))
        return self.env["mail.message"].sudo().search(about, order="id desc").mapped("subject")

    def test_a_deputy_hears_that_another_has_taken_over(self):
        """The present worker; not after moving on, nor at the announced end."""
        case, until = self._inquiry(), self._later(days=2)
        boss, names = self._as("supervisor", case), self.users
        for end, person in (
            (lambda: acts.appoint_deputy(boss, names["agent2"], self._later(days=3), "续假"), None),
            (lambda: acts.appoint_deputy(boss, names["manager"], until, "也请假"), "manager"),
            (lambda: boss.action_end_deputy(), "agent"),
            (lambda: acts.hand_over(boss, names["manager"], "调岗"), "manager"),
        ):
            acts.appoint_deputy(boss, names["agent2"], until, "请假")
            before = self._relieved("agent2")
            end()
            news = self._relieved("agent2")[: -len(before) or None]
            told = person and f"{names[person].name} does: 1 cases"
            self.assertEqual([told in text for text in news], [True] if person else [], person)
        trusted(case.sudo()).first_responsible_id = names["agent"]
        acts.appoint_deputy(boss, names["agent2"], until, "请假")
        before = self._relieved("agent2")
        with freeze_time(until):
            self._trigger("water_service_desk.ir_cron_deputies")
        self.assertFalse(case.acting_responsible_id)
        self.assertEqual(self._relieved("agent2"), before)
