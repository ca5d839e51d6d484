import base64
import math
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import local
from ...base.trust import trusted
from .common import PNG, RequestCommon


@tagged("post_install", "-at_install")
class TestVisit(RequestCommon):
    """Appointments: made, confirmed, moved, kept or missed, and their work."""

    def _photo(self, visit, name="门前.png", raw=PNG):
        """A file as the department's phone sends it."""
        files = self._as("department", self.env["ir.attachment"])
        values = {"name": name, "raw": raw, "res_model": visit._name, "res_id": visit.id}
        return files.create(values)

    def _arrived(self, case=None, **values):
        visit = self._plan(case or self._repair(email_from="zhang@example.com"))
        self._as("department", visit).action_arrive()
        return visit

    def test_planned(self):
        """The customer is told, the department sees case and visit, a promise runs."""
        case = self._repair(email_from="zhang@example.com")
        visit = self._plan(case)
        self.assertEqual(visit.state, "planned")
        self.assertEqual(self._lead(case).department_id, self.net)
        self.assertEqual(self._as("department", visit).case_subject, case.subject)
        clock = visit.deadline_ids
        self.assertEqual((clock.kind, clock.due_at), ("promise", visit.slot_to))
        self.assertNotEqual(case.promised_at, clock.due_at)  # coming is not the result
        told = str(self._mails(visit).body_html).replace("\u202f", " ")
        self.assertIn("Thursday, March 12, 2026 10:00 AM–12:00 PM", told)
        chinese = visit.with_context(lang="zh_CN")._slot_for(None)
        self.assertEqual(chinese, "2026年3月12日星期四 10:00–12:00")
        self.assertWhole(case)

    def test_the_department_returns_the_work(self):
        """The handler goes, once the customer was told; meanwhile it is known to staff."""
        case = self._repair(email_from="zhang@example.com")
        visit = self._plan(case, user=self.users["department"])
        slot, clock, mails = visit.slot_to, visit.deadline_ids, self._mails(visit)
        acts.reject(self._as("department", self._lead(case)), "不属管网")
        told = self.env["mail.message"].search([("subject", "like", "the visit of")])
        self.assertEqual(told.notified_partner_ids, self.users["agent"].partner_id)
        self.assertEqual(visit.department_id, self.net)
        self.lab.on_call_user_ids = self.users["department2"]
        self._dispatch(case, self.lab)
        self.env.invalidate_all()
        self.assertEqual((visit.department_id, visit.user_id), (self.lab, self.users["plain"][:0]))
        self.assertEqual((visit.state, visit.slot_to, visit.deadline_ids), ("planned", slot, clock))
        self.assertEqual((clock.state, clock.department_id), ("running", self.lab))
        self.assertEqual((self._mails(visit), self._kinds(case)[-1]), (mails, "visit_handed"))
        self._as("department2", visit).action_arrive()
        self.assertWhole(case)

    def test_the_work_goes_elsewhere(self):
        """Sent to another department, its visit goes along; one that still helps keeps its own."""
        case = self._repair()
        visit = self._plan(case)
        self._dispatch(case, self.lab, self.net)
        self.assertEqual(visit.department_id, self.net)
        self._dispatch(case, self.lab)
        self.assertEqual(visit.department_id, self.lab)

    def test_a_department_is_closed_before_its_visit(self):
        unit = self.env["water.department"].create({"name": "东城站", "code": "T-DC"})
        self.users["department2"].water_department_ids += unit
        case = self._repair()
        visit = self._plan(case, department=unit)
        self._finish_lead(case, "department2")
        self.assertFalse(self._at_work(case))
        with self.assertRefused("lie open.*give them to others", unit):
            unit.active = False
        acts.cancel_visit(self._as("agent", visit), "客户来电已解决", "customer")
        unit.active = False
        with self.assertRefused("has been closed", case):
            self._plan(case, department=unit)

    def test_from_any_case(self):
        """Inquiries are visited as well, and their close waits for the visit."""
        case = self._inquiry(answer="已上门说明")
        visit = self._plan(case)
        self.assertEqual(visit.inquiry_id, case)
        with self.assertRaisesRegex(UserError, "a visit is still open"):
            self._as("agent", case).action_answer_and_close()
        acts.cancel_visit(self._as("agent", visit), "客户来电已解决", "customer")
        work = self._as("department", self._lead(case))
        work.action_accept()
        work.result = "电话已说明"
        work.action_finish()
        self._as("agent", case).action_answer_and_close()
        self.assertEqual(case.state, "closed")

    def test_slot(self):
        case, now = self._repair(), fields.Datetime.now()
        for begin, end in (
            (now + timedelta(hours=3), now + timedelta(hours=2)),
            (now - timedelta(hours=3), now - timedelta(hours=1)),
            (now + timedelta(hours=1), now + timedelta(hours=14)),
        ):
            with self.subTest(begin=begin), self.assertRaises(ValidationError):
                acts.plan_visit(self._as("agent", case), self.net, begin, end)

    def test_dialog(self):
        """The dialog proposes the department of the case and a slot of two hours."""
        case = self._repair()
        begin = self._later(hours=5)
        wizards = self._as("agent", self.env["water.visit.wizard"])
        wizards = wizards.with_context(active_model=case._name, active_ids=case.ids)
        with Form(wizards) as form:
            form.slot_from = begin
            self.assertEqual(form.department_id, self.net)
        form.record.action_plan()
        self.assertEqual(case.visit_ids.slot_to, begin + timedelta(hours=2))

    def test_dialog_of_a_department(self):
        """A visitor of a supporting department plans an own visit, not the leader's."""
        case = self._repair()
        self._dispatch(case, self.net, self.lab)
        wizards = self._as("department2", self.env["water.visit.wizard"])
        wizards = wizards.with_context(active_model=case._name, active_ids=case.ids)
        self.assertEqual(self.users["department2"].water_department_ids, self.lab)
        self.assertEqual(Form(wizards).department_id, self.lab)
        self.assertEqual(self._lead(case).department_id, self.net)

    def test_dialog_of_member_of_two_departments(self):
        """The department with the case, whichever of the user's two comes first."""
        case, user = self._repair(), self.users["department2"]
        self._dispatch(case, self.net, self.lab)
        other = self.env.ref("water_service_desk.department_mtr")
        user.water_department_ids = self.lab | other
        wizards = self._as("department2", self.env["water.visit.wizard"])
        wizards = wizards.with_context(active_model=case._name, active_ids=case.ids)
        for first, second in ((self.lab, other), (other, self.lab)):
            first.sequence, second.sequence = 1, 2
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(first=first.code):
                self.assertEqual(user.water_department_ids[:1], first)
                self.assertEqual(Form(wizards).department_id, self.lab)

    def test_confirmed(self):
        visit = self._plan(self._repair())
        self._as("agent", visit).action_confirm()
        self.assertEqual((visit.state, visit.confirmed_by), ("confirmed", "staff"))
        with self.assertRaisesRegex(UserError, "by now"):
            self._as("agent", visit).action_confirm()

    def test_moved(self):
        """Counted, with reason, who asked and how long before; the old promise is void."""
        case = self._repair(email_from="zhang@example.com")
        visit = self._plan(case)
        first = visit.deadline_ids
        begin = self._later(hours=48)
        change = self._as("agent", self.env["water.visit.change.wizard"]).create(
            {
                "visit_id": visit.id,
                "slot_from": begin,
                "slot_to": begin + timedelta(hours=2),
                "reason": "客户上班",
                "by": "customer",
            }
        )
        change.action_change()
        self.assertEqual((visit.reschedule_count, visit.slot_from), (1, begin))
        self.assertEqual((visit.changed_by, visit.notice_hours), ("customer", 24.0))
        self.assertEqual(first.state, "void")
        self.assertEqual((visit.deadline_ids - first).due_at, visit.slot_to)
        self.assertIn("moved", str(self._mails(visit)[-1].subject))
        event = case.event_ids.filtered(lambda row: row.kind == "visit_moved")
        self.assertEqual(event.payload["reason"], "客户上班")
        with self.assertRaisesRegex(UserError, "Say why"):
            acts.move_visit(
                self._as("agent", visit), begin, begin + timedelta(hours=1), " ", "company"
            )

    def test_kept(self):
        """Arriving keeps the promise and meets the arrival clock; the place is on record."""
        case = self._repair()
        visit = self._plan(case, hours=0)
        self._as("department", visit).action_arrive(31.2304, 121.4737, 12)
        self.assertEqual((visit.state, visit.user_id), ("arrived", self.users["department"]))
        self.assertAlmostEqual(visit.latitude, 31.2304)
        self.assertEqual(visit.position_accuracy, 12)
        self.assertTrue(visit.has_position)
        self.assertEqual(visit.deadline_ids.state, "met")
        self.assertEqual(self._clock(case, "on_site").state, "met")
        event = case.event_ids.filtered(lambda row: row.kind == "arrived")
        self.assertEqual(event.payload["latitude"], 31.2304)

    def test_no_place_is_no_obstacle(self):
        visit = self._arrived()
        self.assertFalse(visit.has_position)
        another = self._as("department", self._plan(self._repair()))
        wrong = [(91, 0, 1), (0, 181, 1), ("x", "y", 1), (math.nan, 0, 1)]
        for place in [*wrong, (0, 0, math.nan), (0, 0, math.inf)]:
            with self.subTest(place=place), self.assertRaises(ValidationError):
                another.action_arrive(*place)
        another.action_arrive(-90, 180, 1)  # the edges of the Earth are on it
        self.assertEqual((another.latitude, another.longitude), (-90, 180))

    def test_missed(self):
        """S-8: agreed for 9 to 11, come at 11:42; noticed by itself at 11:00."""
        case = self._repair(email_from="zhang@example.com")
        begin = local("2026-04-03 09:00")
        self.net.manager_id = self.users["department2"]
        visit = acts.plan_visit(
            self._as("agent", case), self.net, begin, begin + timedelta(hours=2)
        )
        with freeze_time("2026-04-03 02:59:00"):
            self._sweep()
            self.assertFalse(visit.missed_at)
        with freeze_time("2026-04-03 03:00:30"):
            self._sweep()
            self._sweep()
        self.assertLocal(visit.missed_at, "2026-04-03 11:00")
        self.assertTrue(visit.is_missed)
        self.assertEqual(self._kinds(case).count("visit_missed"), 1)
        for login in ("supervisor", "department2"):
            self.assertTrue(any("Missed visit" in text for text in self._told(login)), login)
        self.assertIn("apologise", str(self._mails(visit)[-1].body_html))
        with freeze_time("2026-04-03 03:42:00"):
            self._as("department", visit).action_arrive()
        self.assertEqual((visit.state, visit.is_missed), ("arrived", True))
        self.assertEqual(visit.deadline_ids.state, "breached")
        self.assertIn(visit, self.env["water.visit"].search([("is_missed", "=", True)]))
        self.assertNotIn(visit, self.env["water.visit"].search([("is_missed", "=", False)]))
        self.assertWhole(case)

    def test_moved_too_late_is_missed(self):
        """Moving an appointment after its end does not undo the miss."""
        case = self._repair()
        visit = self._plan(case)
        with freeze_time("2026-03-12 04:00:01"):
            begin = self._later(hours=24)
            end = begin + timedelta(hours=2)
            acts.move_visit(self._as("agent", visit), begin, end, "车辆故障", "company")
        self.assertEqual(fields.Datetime.to_string(visit.missed_at), "2026-03-12 04:00:00")
        self.assertEqual(visit.deadline_ids.mapped("state").count("breached"), 1)
        self.assertEqual(self._kinds(case).count("visit_missed"), 1)

    def test_another_time_after_a_missed_one(self):
        """A missed slot stays recorded; the present slot is still to come."""
        case = self._repair()
        self.net.write({"on_call_user_ids": False, "manager_id": self.users["department2"].id})
        visit = self._plan(case)
        found = self.env["water.visit"].search
        with freeze_time("2026-03-12 04:30:00"):
            self._sweep()
            self.assertTrue(visit.is_missed)
            begin = local("2026-03-13 10:00")
            acts.move_visit(
                self._as("agent", visit), begin, local("2026-03-13 12:00"), "重约", "company"
            )
            self.assertLocal(visit.missed_at, "2026-03-12 12:00")
            self.assertFalse(visit.is_missed)
            self.assertIn(visit, found([("is_missed", "=", False)]))
            self.assertNotIn(visit, found([("is_missed", "=", True)]))
            self.assertIn(f"Visit: {case.name}, Friday, March 13", self._told("department2")[0])
            self.assertFalse(case._portal_visits()[0]["missed"])
            acts.cancel_visit(self._as("agent", visit), "客户已自行修好", "customer")
            self.assertIn(f"Visit cancelled: {case.name}", self._told("department2")[0])

    def test_called_off_after_it_was_missed(self):
        """The miss is not announced again."""
        case = self._repair()
        self.net.write({"on_call_user_ids": False, "manager_id": self.users["department2"].id})
        visit = self._plan(case)
        with freeze_time("2026-03-12 04:30:00"):
            self._sweep()
            acts.cancel_visit(self._as("agent", visit), "客户已自行修好", "customer")
        self.assertIn(f"Visit cancelled: {case.name}", self._told("department2")[0])
        self.assertTrue(visit.is_missed)

    def test_cancelled_in_time_is_not_missed(self):
        visit = self._plan(self._repair())
        acts.cancel_visit(self._as("agent", visit), "客户已自行修好", "customer")
        with freeze_time("2026-03-13 02:00:00"):
            self._sweep()
        self.assertFalse(visit.missed_at)
        self.assertEqual(visit.deadline_ids.state, "void")

    def test_result_of_a_case_does_not_keep_appointments(self):
        """Telling the result of an inquiry leaves the promise of coming alone."""
        case = self._inquiry(answer="x")
        visit = self._plan(case)
        with self.assertRaisesRegex(UserError, "a visit is still open"):
            self._as("agent", case).action_answer()
        self.assertEqual((case.state, visit.deadline_ids.state), ("processing", "running"))

    def test_former_owner_of_work(self):
        """For visitors in this round; the desk's own as long as there was none."""
        case, agent, worker = self._repair(), self.users["agent"], self.users["department"]
        visit = self._plan(case, user=worker)
        self.assertIn(agent, case._former_handlers())
        mine = self._as("department", visit)
        mine.action_arrive()
        mine.write({"outcome": "done", "result": "更换表前阀"})
        mine.action_finish()
        trusted(case).user_id = False  # back at the desk
        self.assertEqual(case._former_handlers(), worker)
        trusted(case).handling_round = 2
        self.assertEqual(case._former_handlers(), worker | agent)

    def test_finished(self):
        """Words, outcome, photos and signature; sealed in the chain, told to the case."""
        case = self._repair()
        visit = self._arrived(case)
        mine = self._as("department", visit)
        with self.assertRaisesRegex(UserError, "outcome"):
            mine.action_finish()
        photo = self._photo(visit)
        with Form(mine) as form:
            form.outcome = "done"
            form.result = "更换表前阀"
            form.signed_by = "张伟"
        mine.write({"photo_ids": [(4, photo.id)], "signature": base64.b64encode(PNG)})
        mine.action_finish()
        self.assertEqual((visit.state, case.result), ("done", "更换表前阀"))
        event = case.event_ids.filtered(lambda row: row.kind == "visit_finished")
        self.assertEqual(event.payload["photos"], {"门前.png": photo.checksum})
        with self.assertRaisesRegex(UserError, "by now"):
            mine.write({"result": "改口"})
        self.assertWhole(case)

    def test_photos_are_photos(self):
        visit = self._as("department", self._arrived())
        fake = self._photo(visit, "门.png", b"MZ\x90\x00")
        with self.assertRaisesRegex(ValidationError, "is no photo"):
            visit.write({"photo_ids": [(4, fake.id)]})

    def test_close_waits_for_visits(self):
        """Neither work nor case ends while a visitor is expected; the message names them."""
        case = self._repair()
        self._as("agent", case).action_process()
        self._plan(case)
        case.result = "已修"
        with self.assertRaisesRegex(UserError, f"a visit is still open: {self.net.name}"):
            self._as("agent", case).action_finish()

    def test_department_finishes_its_dispatch_before_the_visit(self):
        case = self._repair()
        visit = self._plan(case)
        lead = self._as("department", self._lead(case))
        lead.action_accept()
        lead.result = "已联系客户"
        lead.action_finish()
        self.assertEqual(case.state, "processing")
        self._as("department", visit).action_arrive()
        visit.write({"outcome": "done", "result": "已修"})
        self._as("department", visit).action_finish()
        self._as("agent", case).action_finish()
        self.assertEqual(case.state, "feedback")

    def test_owner_of_work(self):
        """Another department neither sees nor does it; the desk plans but does not arrive."""
        visit = self._plan(self._repair())
        with self.assertRaises(AccessError):
            self._as("department2", visit).action_arrive()
        with self.assertRaises(AccessError):
            self._as("agent", visit).action_arrive()
        with self.assertRaises(AccessError):
            self._as("quality", visit).action_confirm()
        self._as("supervisor", visit).action_arrive()
        case = self._repair()
        self._dispatch(case)
        with self.assertRaises(AccessError):
            self._plan(case, "department", department=self.lab)
        self.assertEqual(self._plan(case, "department").department_id, self.net)

    def test_visits_are_not_made_or_changed_by_hand(self):
        visit = self._plan(self._repair())
        values = {"request_id": visit.request_id.id, "department_id": self.net.id}
        for login in ("agent", "manager", "su"):
            mine = self._as(login, visit)
            with self.subTest(login), self.assertRefused("with the button of the case"):
                mine.create(dict(values, slot_from="2026-04-01", slot_to="2026-04-02"))
            with self.subTest(login), self.assertRefused("Use the buttons", visit):
                mine.write({"missed_at": False})
            with self.subTest(login), self.assertRefused("Use the buttons", visit):
                mine.with_context(water_trusted=1).write({"state": "done"})
            with (
                self.subTest(login),
                self.assertRefused("not allowed to delete|never deleted", visit),
            ):
                mine.unlink()

    def test_appointment_clock_is_not_paused(self):
        visit = self._plan(self._repair())
        with self.assertRaisesRegex(UserError, "Move the appointment"):
            acts.extend(self._as("agent", visit.deadline_ids), "忙", 1, "hour")

    def test_worker_is_told(self):
        self._plan(self._repair(), user=self.users["department"])
        self.assertTrue(any("Visit:" in text for text in self._told("department")))
