from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...base.tests import acts
from ...base.trust import trusted
from .common import VisitCommon
from .test_visit_bounds import STATES


@tagged("post_install", "-at_install")
class TestVisitWork(VisitCommon):
    """Visitors, their files, and who is told."""

    def test_places_on_earth(self):
        read = self.env["water.visit"]._read_position
        for latitude, longitude, accuracy, kept in (
            (90, 180, None, 0),
            (-90, -180, 12.5, 12.5),
            ("31.2", "121.5", -5, 0),
            (90.0001, 0, 0, None),
            (0, -180.0001, 0, None),
            (float("nan"), 0, 0, None),
            (0, 0, float("inf"), None),
            ("x", 0, 0, None),
        ):
            with self.subTest(latitude=latitude, longitude=longitude, accuracy=accuracy):
                if kept is None:
                    with self.assertRaises(ValidationError):
                        read(latitude, longitude, accuracy)
                    continue
                place = {"latitude": float(latitude), "longitude": float(longitude)}
                place |= {"has_position": True, "position_accuracy": kept}
                self.assertEqual(read(latitude, longitude, accuracy), place)
        self.assertEqual(read(None, 5, 1), {})
        self.assertEqual(read(5, None, 1), {})

    def test_arrived_person(self):
        """An unnamed member of the department; no one takes another's place."""
        worker, colleague = self.users["department"], self.users["plain"]
        for login, named, kept in (
            ("department", False, worker),
            ("department", colleague, colleague),
            ("supervisor", False, self.env["res.users"]),
        ):
            visit = self._plan(case=self._inquiry())
            trusted(visit).user_id = named
            self.assertTrue(self._as(login, visit).action_arrive(31.5, 121.25, 9))
            self.assertEqual(visit.user_id, kept)
            self.assertEqual((visit.state, visit.arrived_at), ("arrived", fields.Datetime.now()))
            self.assertTrue(visit.has_position)
            event = acts.case_of(visit).event_ids.sorted("id")[-1]
            self.assertEqual(event.kind, "arrived")
            place = (event.payload["latitude"], event.payload["longitude"])
            self.assertEqual(place, (31.5, 121.25))
            self.assertEqual(visit.deadline_ids.state, "met")
            dispatch = self._lead(acts.case_of(visit))
            self.assertEqual(dispatch.state, "accepted")

    def test_recorded_values(self):
        """The outcome and the words, both; then it is over, with the signed report."""
        work = self._as("department", self.visit)
        work.action_arrive()
        for values in (
            {"outcome": False, "result": "已修"},
            {"outcome": "done", "result": " "},
        ):
            work.write(values)
            with self.assertRefused("Choose the outcome and write down", work):
                work.action_finish()
        work.write({"result": "已修", "signed_by": "张伟"})
        self.assertTrue(work.action_finish())
        self.assertEqual((self.visit.state, self.visit.finished_at), ("done", self._later()))
        (event,) = self.case.event_ids.filtered(lambda row: row.kind == "visit_finished")
        found = {name: event.payload[name] for name in ("outcome", "result", "photos", "signed_by")}
        words = {"outcome": "done", "result": "已修", "photos": {}, "signed_by": "张伟"}
        self.assertEqual(found, words)

    def test_workers(self):
        """People of the department and those above; the desk makes appointments alone."""
        for login, worker, desk in (
            ("department", True, True),
            ("supervisor", True, True),
            ("agent", False, True),
            ("department2", False, False),
        ):
            visit = self._as(login, self.visit)
            with self.subTest(login=login):
                self.assertEqual(self.visit.with_user(self.users[login])._may_work(), worker)
                for is_desk, may in ((False, worker), (True, desk)):
                    if may:
                        visit._check_turn("planned", desk=is_desk)
                        continue
                    with self.assertRaises(AccessError):
                        visit._check_turn("planned", desk=is_desk)
        self.assertTrue(self._as("department", self.visit).is_worker)
        self.assertFalse(self._as("agent", self.visit).is_worker)

    def test_people_visitor_meets(self):
        """The place, during the visit's work; the desk reads it always."""
        for state in STATES:
            trusted(self.visit).state = state
            self.visit.invalidate_recordset()
            is_open = state in ("planned", "confirmed", "arrived")
            self.assertEqual(self.visit._is_open(), is_open)
            self.assertEqual(self.visit in self.case._open_visits(), is_open)
            with self.subTest(state=state):
                worker = self._as("department", self.visit).case_address
                self.assertEqual(worker == "东城路8号", is_open)
                self.assertEqual(self._as("agent", self.visit).case_address, "东城路8号")
        shown = f"{self.case.contact_masked} {self.case.phone_masked}"
        self.assertEqual((self.visit.case_contact, self.visit.case_severity), (shown, "normal"))

    def test_involved_people(self):
        """Visitors see the case: it is dispatched to them, as leader or helper, unless they have
        it.
        """
        self.assertEqual(self._lead(self.case).department_id, self.net)
        self._plan()
        self.assertEqual(len(self.case.dispatch_ids), 1)
        self._plan(department=self.lab)
        roles = {row.department_id: row.role for row in self.case.dispatch_ids}
        self.assertEqual(roles, {self.net: "lead", self.lab: "support"})
        with self.assertRaisesRegex(AccessError, "own department only"):
            self._plan("department", department=self.lab)
        trusted(self.case).state = "closed"
        with self.assertRaisesRegex(UserError, "no visit is needed"):
            self._plan()

    def test_recipients(self):
        """The visitor, else people on call, else the head."""
        worker, on_call, head = (self.users[n] for n in ("department", "plain", "quality"))
        for user, calls, told in (
            (worker, on_call, "department"),
            (None, on_call, "plain"),
            (None, self.env["res.users"], "quality"),
        ):
            self.net.on_call_user_ids, self.net.manager_id = calls, head
            logins = ("department", "plain", "quality")
            before = {login: len(self._read(login, "Visit: ")) for login in logins}
            self._plan(case=self._inquiry(), user=user)
            heard = [n for n in logins if len(self._read(n, "Visit: ")) > before[n]]
            self.assertEqual(heard, [told])
        self._as("agent", self.visit).user_id = worker
        self.assertIn(self.case.name, self._read("department", "Visit: ")[0])
        self.visit._mark_missed()
        for login in ("department", "quality", "supervisor"):
            self.assertIn(self.case.name, self._read(login, "Missed visit: ")[0])
        self.assertFalse(self._read("plain", "Missed visit: "))
        trusted(self.visit).missed_at = False
        acts.cancel_visit(self.visit, "不用了", "customer")
        self.assertIn(self.case.name, self._read("department", "Visit cancelled: ")[0])

    def test_customer_message(self):
        for values, line, subject in (
            ({}, "our staff will visit you for ", "Your appointment with us"),
            ({"reschedule_count": 1}, "your appointment for ", "Your appointment has been moved"),
            ({"state": "cancelled"}, "your appointment of ", "Your appointment has been cancelled"),
        ):
            trusted(self.visit).write(values)
            number = self.case.name
            self.assertTrue(self.visit._short_line().startswith(line), values)
            self.assertEqual(self.visit._mail_subject(), f"{subject} – {number}")

    def test_proposed_slot(self):
        work, values = self._as("agent", self.case), {"slot_from": self.begin, "purpose": "查表"}
        wizard = acts.dialog(work, "action_plan_visit", **values)
        self.assertEqual(wizard.slot_to, self.begin + timedelta(hours=2))
        wizard.user_id = self.users["department"]
        wizard.action_plan()
        visit = self.case.visit_ids.sorted("id")[-1]
        self.assertEqual((visit.purpose, visit.user_id), ("查表", self.users["department"]))
        self.assertEqual(visit.department_id, self.net)

    def test_dialogs_of_a_change(self):
        """Moved or cancelled by the named user; started visits do not change."""
        for kind, state in (("move", "planned"), ("cancel", "cancelled")):
            action = getattr(self._as("agent", self.visit), f"action_{kind}")()
            wizards = self._as("agent", self.env[action["res_model"]])
            wizard = wizards.with_context(**action["context"]).create({"reason": "改期"})
            self.assertEqual((wizard.kind, wizard.by), (kind, "customer"))
            if kind == "move":
                later = self.begin + timedelta(days=1)
                wizard.write({"slot_from": later, "slot_to": later + timedelta(hours=1)})
            wizard.by = "company"
            wizard.action_change()
            self.assertEqual((self.visit.state, self.visit.changed_by), (state, "company"))
        with self.assertRefused("the visit is “Cancelled” by now"):
            wizard.action_change()

    def test_work_at_customer_address(self):
        """By a visit made in this round; a missed one is no work."""
        worker = self.users["department"]
        for state, who, round_, is_done in (
            ("done", worker, 0, True),
            ("done", self.env["res.users"], 0, False),
            ("cancelled", worker, 0, False),
            ("arrived", worker, 0, False),
            ("done", worker, 1, False),
        ):
            with self.subTest(state=state, who=who.login, round=round_):
                trusted(self.visit).write({"state": state, "user_id": who.id})
                trusted(self.case).handling_round = self.visit.deadline_ids.handling_round + round_
                self.assertEqual(self.case._is_done_outside(), is_done)
                trusted(self.case).handling_round = self.visit.deadline_ids.handling_round

    def test_visitor_has_left(self):
        """The visit stays theirs until another is named: supervisors are told at once."""
        self.visit.user_id = self.users["agent2"]
        acts.cancel_visit(self._plan(user=self.users["agent2"]), "客户要求", "customer")
        self.users["agent2"].name = "Another"
        self.users["agent2"].active = False
        self.assertEqual(self._read("supervisor", "has left"), ["Another has left: work lies open"])
        told = self.env["mail.message"].search([("subject", "like", "Another has left")])
        self.assertIn(f"{self.visit._description}: 1", told.body)
