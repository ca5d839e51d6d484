from datetime import UTC, datetime, timedelta

import vobject

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import speak_chinese
from ...intake.filing import FilingError, WrongStateError
from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestVisitChange(RequestCommon):
    """Customers' own changes of appointments, and when staff decide."""

    def _mine(self, case, login="portal1"):
        """The case as its customer's pages reach it."""
        return self._as(login, self.env[case._name])._portal_find(case.id)

    def _do(self, visit, action, **values):
        case = self._mine(acts.case_of(visit))
        case._portal_do(f"visit_{action}", {"visit_id": str(visit.id), **values})

    def _window(self, visit, number=0):
        return visit.sudo()._windows()[number][0].isoformat()

    def _todo(self, case):
        kind = self.env.ref("water_service_desk.mail_activity_type_visit")
        return case.sudo().activity_ids.filtered(lambda row: row.activity_type_id == kind)

    def _repair(self, **values):
        case = super()._repair(**values)
        self._as("agent", case).action_take()
        return case

    def assertNoBreach(self, case):
        """No appointment was missed, regardless of other clocks of the case."""
        late = case.event_ids.filtered(lambda row: row.kind == "clock_breached")
        self.assertNotIn("promise", [event.payload["clock"] for event in late])

    def test_windows(self):
        """In working time, not too soon, not when everyone is out."""
        visit = self._plan(self._repair())
        windows = visit.sudo()._windows()
        self.assertTrue(windows)
        now = fields.Datetime.now()
        for begin, end in windows:
            self.assertGreaterEqual(begin, now + timedelta(hours=24))
            self.assertLessEqual(end - begin, timedelta(hours=2))
            here = begin + timedelta(hours=8)
            self.assertLess(here.weekday(), 5)
            self.assertTrue(8 <= here.hour < 18, here)
        self.company.water_visit_notice_hours = 72
        later = visit.sudo()._windows()
        self.assertGreaterEqual(later[0][0], now + timedelta(hours=72))
        first = later[0]
        other = self._repair()
        self.net.member_ids = self.users["department"]
        acts.plan_visit(self._as("agent", other), self.net, *first)  # the only member is there
        self.assertNotIn(first, visit.sudo()._windows())
        self.net.member_ids |= self.users["department2"]
        self.assertIn(first, visit.sudo()._windows())
        self.net.member_ids = False  # no members: one visit fits, not two
        self.assertNotIn(first, visit.sudo()._windows())

    def test_confirm(self):
        visit = self._plan(self._repair())
        self._do(visit, "confirm")
        self.assertEqual((visit.state, visit.confirmed_by), ("confirmed", "customer"))
        with self.assertRaises(WrongStateError):
            self._do(visit, "confirm")

    def test_move(self):
        """Moved at once, confirmed by it; the promise goes along, staff see it."""
        case = self._repair(email_from="zhang@example.com")
        visit = self._plan(case, hours=48)
        slot = visit.slot_from
        first = self._window(visit, 1)
        self._do(visit, "move", window=first, reason="那天不在家")
        self.assertEqual(visit.slot_from.isoformat(), first)
        self.assertNotEqual(visit.slot_from, slot)
        self.assertEqual((visit.state, visit.changed_by), ("confirmed", "customer"))
        states = visit.deadline_ids.sorted("id").mapped("state")
        self.assertEqual(states, ["void", "running"])
        self.assertEqual(visit.deadline_ids.sorted("id")[-1].due_at, visit.slot_to)
        todo = self._todo(case)
        self.assertEqual(todo.user_id, self.users["agent"])
        self.assertIn("那天不在家", todo.summary)
        self.assertIn("has moved the visit", " ".join(case.message_ids.mapped("body")))
        self.assertIn("been moved", self._mails(visit)[-1].subject)
        self.assertWhole(case)

    def test_wrong_input(self):
        """Only offered times, with a reason, for a visit of this case that is still to come."""
        case = self._repair()
        visit, other = self._plan(case, hours=48), self._plan(self._repair(), hours=48)
        for values, field in (
            ({"window": "2026-03-15T02:00:00", "reason": "x"}, "window"),
            ({"window": "rubbish", "reason": "x"}, "window"),
            ({"window": self._window(visit), "reason": " "}, "reason"),
            ({"window": self._window(visit), "reason": "x" * 301}, "reason"),
        ):
            with self.subTest(**values), self.assertRaises(FilingError) as caught:
                self._do(visit, "move", **values)
            self.assertEqual(list(caught.exception.errors), [field])
        with self.assertRaises(FilingError):
            self._do(visit, "cancel")
        for number in (str(other.id), "", "0", "x"):
            with self.subTest(number=number), self.assertRaises(FilingError):
                self._mine(case)._portal_do("visit_cancel", {"visit_id": number, "reason": "x"})
        self.assertEqual((visit.state, visit.reschedule_count), ("planned", 0))
        self.assertFalse(self._mine(case, "portal2"))

    def test_late_move_is_asked_for(self):
        """Near the slot staff decide; no promise runs or is missed meanwhile."""
        case = self._repair(email_from="zhang@example.com")
        visit = self._plan(case, hours=6)
        slot = visit.slot_from
        self._do(visit, "move", window=self._window(visit), reason="临时出差")
        self.assertEqual((visit.slot_from, visit.state), (slot, "planned"))
        self.assertTrue(visit.change_asked_at and visit.can_keep)
        self.assertEqual(visit.deadline_ids.state, "void")
        self.assertIn("Move it, cancel it", self._todo(case).summary)
        with self.assertRaises(WrongStateError):
            self._do(visit, "cancel", reason="x")
        with freeze_time(visit.slot_to + timedelta(minutes=1)):
            self._sweep()
            visit.invalidate_recordset()
            self.assertFalse(visit.missed_at)
            self.assertNoBreach(case)
            self.assertFalse(visit.can_keep)
            with self.assertRefused("no wish for another time", visit):
                self._as("agent", visit).action_keep()
            begin = visit.asked_from
            acts.move_visit(
                self._as("agent", visit), begin, visit.asked_to, "按客户要求", "company"
            )
        self.assertEqual((visit.changed_by, visit.change_asked_at), ("customer", False))
        self.assertEqual(visit.deadline_ids.sorted("id")[-1].state, "running")

    def test_keep(self):
        """Staff come as agreed: the promise runs again, the customer is told, we may miss it."""
        case = self._repair(email_from="zhang@example.com")
        visit = self._plan(case, hours=6)
        with self.assertRefused("no wish for another time", visit):
            self._as("agent", visit).action_keep()
        self._do(visit, "move", window=self._window(visit), reason="临时出差")
        mails = len(self._mails(visit))
        self._as("department", visit).action_keep()
        self.assertFalse(visit.change_asked_at)
        self.assertEqual(visit.deadline_ids.sorted("id")[-1].state, "running")
        self.assertEqual(len(self._mails(visit)), mails + 1)
        told = self._mails(visit)[-1].body_html
        self.assertIn("come as agreed", told)
        self.assertNotIn("临时出差", told, "his own reason is no answer")
        with freeze_time(visit.slot_to + timedelta(minutes=1)):
            self._sweep()
            visit.invalidate_recordset()
            self.assertTrue(visit.missed_at)

    def test_customer_question_waits_for_handler(self):
        """On one person's home page, with the customer's wish in the dialog."""
        case = self._repair()
        visit = self._plan(case, hours=6)
        window = visit.sudo()._windows()[1]
        self._do(visit, "move", window=window[0].isoformat(), reason="临时出差")
        for login, waits in (("agent", True), ("agent2", False), ("supervisor", False)):
            with self.subTest(login=login):
                home = self._as(login, self.env["water.home.item"]).home()
                (part,) = [part for part in home["sections"] if part["key"] == "decide"]
                found = [row for row in part["rows"] if case.name in row["name"]]
                self.assertEqual(bool(found), waits)
        self.assertFalse(self._mine(case)._portal_visits()[0]["calendar"], "it is no promise now")
        dialog = self._as("agent", visit).action_move()
        wizard = self._as("agent", self.env[dialog["res_model"]])
        wizard = wizard.with_context(**dialog["context"]).create({})
        self.assertEqual((wizard.slot_from, wizard.slot_to, wizard.reason), (*window, "临时出差"))
        wizard.action_change()
        self.assertEqual((visit.slot_from, visit.change_asked_at), (window[0], False))

    def test_staff_are_told_by_the_house(self):
        """A message inside the house is not signed by a customer: neither name nor address."""
        case = self._repair()
        visit = self._plan(case, hours=6)
        visit.sudo().user_id = self.users["department"]
        newest = self.env["mail.message"].sudo().search([], limit=1, order="id desc").id
        self._do(visit, "move", window=self._window(visit), reason="临时出差")
        told = [("id", ">", newest), ("message_type", "=", "user_notification")]
        told += [("notified_partner_ids", "in", self.users["department"].partner_id.ids)]
        found = self.env["mail.message"].sudo().search(told)
        self.assertTrue(found)
        self.assertEqual(found.author_id, self.env.ref("base.partner_root"))

    def test_cancel(self):
        """Any time before it is over; the case goes on, no promise is broken."""
        case = self._repair(email_from="zhang@example.com")
        visit = self._plan(case, hours=1)
        self._do(visit, "cancel", reason="自己修好了")
        self.assertEqual((visit.state, visit.changed_by), ("cancelled", "customer"))
        self.assertEqual(visit.deadline_ids.state, "void")
        self.assertIn("自己修好了", self._todo(case).summary)
        self.assertFalse(visit.missed_at)
        with self.assertRaises(WrongStateError):
            self._do(visit, "cancel", reason="x")
        with freeze_time(visit.slot_to + timedelta(minutes=1)):
            self._sweep()
            self.assertNoBreach(case)

    def test_missed_stays_missed(self):
        """A missed slot is the company's fault, no matter what the customer does later."""
        case = self._repair()
        visit = self._plan(case, hours=1)
        with freeze_time(visit.slot_to + timedelta(hours=1)):
            self._do(visit, "move", window=self._window(visit), reason="没人来")
        self.assertTrue(visit.missed_at)
        self.assertEqual(visit.state, "confirmed")
        self.assertIn("visit_missed", self._kinds(case))

    def test_inquiry(self):
        """Visits of inquiries as well, and across all cases in one list."""
        inquiry, repair = self._inquiry(), self._repair()
        first, second = self._plan(inquiry, hours=30), self._plan(repair, hours=48)
        self._do(first, "cancel", reason="不用了")
        visits = self._as("portal1", self.env["water.visit"])
        self.assertEqual(visits._portal_search(), first | second)
        self.assertEqual(visits._portal_count(), 1)
        self.assertFalse(self._as("portal2", self.env["water.visit"])._portal_search())
        self.assertEqual(self._mine(inquiry)._portal_page()["visits"][0]["state"], "cancelled")

    def test_calendar_file(self):
        """The appointment as a calendar reads it: moments, place, one entry however it moves."""
        case = self._repair(address="东城路8号")
        visit = self._plan(case)
        event = self._event(case, visit)
        self.assertEqual(
            (event.dtstart.value, event.dtend.value),
            (visit.slot_from.replace(tzinfo=UTC), visit.slot_to.replace(tzinfo=UTC)),
        )
        self.assertEqual((event.location.value, event.status.value), ("东城路8号", "CONFIRMED"))
        self.assertIn(case.name, event.description.value)
        self._do(visit, "cancel", reason="出差")
        gone = self._event(case, visit)
        self.assertEqual((gone.uid.value, gone.status.value), (event.uid.value, "CANCELLED"))
        self.assertIsNone(self._mine(self._repair())._portal_calendar(visit.id))
        by_code = self._mine(case).with_context(water_page="/water/track/case")
        self.assertNotIn("东城路", by_code._portal_calendar(visit.id)[1].decode())

    def test_calendar_file_in_the_customers_language(self):
        speak_chinese(self.env)
        visit = self._plan_at(datetime(2030, 7, 1, 1))
        case, company = acts.case_of(visit), self.company.name
        for lang, name, title in (
            ("zh_CN", f"上门预约 {case.name}", f"{company} 上门服务"),
            ("en_US", f"Appointment {case.name}", f"{company} comes to you"),
        ):
            with self.subTest(lang):
                mine = self._mine(case).with_context(lang=lang)
                file, content = mine._portal_calendar(visit.id)
                calendar = vobject.readOne(content.decode())
                self.assertEqual(file, f"{name}.ics")
                self.assertEqual(calendar.x_wr_calname.value, name)
                self.assertEqual(calendar.vevent.summary.value, title)
                self.assertIn("DTSTART:20300701T010000Z", content.decode())

    def test_visitor(self):
        """Name and badge number on the day, as the company's clock has it; not before or after."""
        self.users["department"].water_badge = "0815"
        visit = self._plan_at(datetime(2030, 7, 1, 16, 30), self.users["department"])  # 2 July
        who = f"{self.users['department'].name} · badge no. 0815"
        for moment, told in (
            ("2030-07-01 15:59:00", ""),
            ("2030-07-01 16:00:00", who),
            ("2030-07-02 15:59:00", who),
            ("2030-07-02 16:00:00", ""),
        ):
            with self.subTest(moment), freeze_time(moment):
                (row,) = self._mine(acts.case_of(visit))._portal_page()["visits"]
                self.assertEqual(row["who"], told)
        with freeze_time("2030-07-01 16:00:00"):
            self.users["department"].water_badge = False
            self.assertEqual(visit._portal_who(), self.users["department"].name)
            self._do(visit, "cancel", reason="出差")
            self.assertEqual(visit._portal_who(), "")

    def _plan_at(self, begin, user=None):
        cases = self._as("agent", self._repair())
        visit = acts.plan_visit(cases, self.net, begin, begin + timedelta(hours=2), user)
        return visit.with_env(self.env)

    def _event(self, case, visit):
        _name, content = self._mine(case)._portal_calendar(visit.id)
        return vobject.readOne(content.decode()).vevent
