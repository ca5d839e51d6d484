from datetime import datetime, timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import BaseCase, tagged
from odoo.tests.common import freeze_time
from odoo.tools.safe_eval import safe_eval

from ...base.tests import acts
from ...base.tests.common import WaterCommon, local
from ...base.trust import trusted
from ..call_window import common_hours, is_open, local_hour, next_open

TZ = "Asia/Shanghai"


@tagged("post_install", "-at_install")
class TestCallWindowBounds(BaseCase):
    """To the second, and where hours only touch."""

    def test_hour_of_the_day(self):
        moment = local("2026-03-11 09:45") + timedelta(seconds=36)
        self.assertAlmostEqual(local_hour(moment, TZ), 9.76)

    def test_touching_hours_have_nothing_in_common(self):
        self.assertEqual(common_hours((20, 22), (9, 20)), (20, 22))
        self.assertEqual(common_hours((7, 9), (9, 20)), (7, 9))
        self.assertEqual(common_hours((19.5, 22), (9, 20)), (19.5, 20))

    def test_last_second(self):
        last = local("2026-03-11 19:59") + timedelta(seconds=59)
        self.assertTrue(is_open(last, TZ, (9, 20)))
        self.assertEqual(next_open(last, TZ, (9, 20)), last)
        first = local("2026-03-11 09:00")
        self.assertEqual(next_open(first, TZ, (9, 20)), first)


@tagged("post_install", "-at_install")
class TestCallbackBounds(WaterCommon):
    """Both sides of each bound of a call: when, by whom, how often, and what becomes of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"water_call_from": 9, "water_call_until": 20})

    def setUp(self):
        super().setUp()
        self.case = self._inquiry()
        self.call = self.case._schedule_callback().with_env(self.env)

    def _try(self, result="no_answer", login="quality", **values):
        attempts = self._as(login, self.env["water.callback.attempt"])
        return attempts.create({"callback_id": self.call.id, "result": result, **values})

    def _callable(self):
        """The same by field and by search."""
        self.env.invalidate_all()
        found = self._as("quality", self.env["water.callback"]).search([("is_callable", "=", True)])
        shown = self._as("quality", self.call).is_callable
        self.assertEqual(self.call in found, shown)
        return shown

    def test_a_wish_holds_from_ten_minutes_before_for_an_hour(self):
        wish = local("2026-03-11 23:00")
        trusted(self.call).write({"wished_at": wish, "next_attempt_at": local("2026-03-11 10:00")})
        for seconds, may in ((-601, False), (-600, True), (0, True), (3599, True), (3600, False)):
            moment = wish + timedelta(seconds=seconds)
            with self.subTest(seconds=seconds), freeze_time(moment):
                self.assertEqual(self.call._may_call(moment), may)
                self.assertEqual(self._callable(), may)

    def test_hours_outside_those_of_the_company(self):
        """They prevail where they lie wholly outside, also where they touch."""
        for hours, text, may in (
            ((20, 22), "21:00", True),
            ((20, 22), "19:30", False),
            ((7, 9), "08:00", True),
            ((7, 9), "09:00", False),
            ((19.5, 22), "21:00", False),
            ((8, 10), "08:30", False),
            ((8, 10), "09:30", True),
            ((8, 10), "10:00", False),
        ):
            values = {"call_from": hours[0], "call_until": hours[1]}
            trusted(self.call).write({**values, "next_attempt_at": local("2026-03-11 00:00")})
            trusted(self.call).next_attempt_at = local("2026-03-11 00:00")
            with self.subTest(hours=hours, text=text), freeze_time(local(f"2026-03-11 {text}")):
                self.assertEqual(self._callable(), may)

    def test_written_down_a_quarter_of_an_hour_later(self):
        end = local("2026-03-11 20:00")
        for seconds, noted in ((899, True), (900, False)):
            with freeze_time(end + timedelta(seconds=seconds)):
                if noted:
                    self._try("busy")
                    continue
                self.call.call_from = 18.5
                with self.assertRefused("between 18:30 and 20:00 only"):
                    self._try("busy")

    def test_reason_for_no_call(self):
        """From the later of both times; none for finished or callable ones."""
        call = self._as("quality", self.call)
        self.assertEqual((call.is_callable, call.quiet_note), (True, False))
        for at, text in (("10:00", "2026-03-11 10:15"), ("21:00", "2026-03-12 09:00")):
            with freeze_time(local(f"2026-03-11 {at}")):
                if at == "10:00":
                    self._try("busy")
                self.env.invalidate_all()
                self.assertFalse(call.is_callable)
                self.assertEqual(call.quiet_note, f"Not to be called before {text}.")
        self.call._void()
        self.env.invalidate_all()
        self.assertEqual((call.is_callable, call.quiet_note, call.can_call), (False, False, False))

    def test_buttons_of_person_who_did_the_work(self):
        """None that would be refused; another one has those of a call, and of its end later on."""
        arch = etree.fromstring(self.env["water.callback"].get_view(view_type="form")["arch"])
        buttons = {row.get("name"): row.get("invisible") for row in arch.iterfind(".//button")}
        acts = ("action_start", "action_done", "action_no_answer", "action_busy")
        for login, shown in (("agent", set()), ("quality", {*acts} - {"action_done"})):
            call = self._as(login, self.call)
            names = ("state", "kind", "can_call", "can_note", "quiet_note")
            values = {name: call[name] for name in names} | {"script_id": call.script_id.id}
            offered = {act for act in acts if not safe_eval(buttons[act], values)}
            self.assertEqual(offered, shown, login)

    def test_a_try_is_noted_while_one_may_call(self):
        """And for a quarter of an hour after it; in quiet hours no button that would be refused."""
        call = self._as("quality", self.call)
        for at, may in (("19:59", True), ("20:14", True), ("20:15", False)):
            with freeze_time(local(f"2026-03-11 {at}")):
                call.invalidate_recordset(["can_note"])
                self.assertEqual(call.can_note, may, at)

    def test_the_next_try_moves_with_the_hours(self):
        """Into them; what a try has put off stays, and without a try it is called at once."""
        self.call.call_from = 18
        self.assertLocal(self.call.next_attempt_at, "2026-03-11 18:00")
        self.call.call_from = 0
        self.assertLocal(self.call.next_attempt_at, "2026-03-11 10:00")
        self._try("busy")
        self.call.call_until = 19
        self.assertLocal(self.call.next_attempt_at, "2026-03-11 10:15")
        with freeze_time(local("2026-03-11 12:00")):
            self.call.call_until = 18
            self.assertLocal(self.call.next_attempt_at, "2026-03-11 12:00")
        self.call._void()
        trusted(self.call).call_until = 20
        self.assertFalse(self.call.next_attempt_at)

    def test_waits_by_result_and_number(self):
        minutes = self.env["water.callback.retry"]._minutes
        for result, waits in (
            ("busy", [15, 120, 120]),
            ("no_answer", [180, 1440, 1440]),
            ("wrong_number", [240] * 3),
            ("reached", [60] * 3),
        ):
            self.assertEqual([minutes(result, count) for count in (1, 2, 3)], waits, result)

    def test_the_time_agreed_on_last_is_promised(self):
        """Called in time, and asked for another time: that is a promise of its own, till kept."""
        with freeze_time(local("2026-03-11 10:05")):
            call = acts.call_back(self._as("agent", self.case), local("2026-03-11 15:00"))
        first = call.deadline_id
        attempts = self._as("agent", self.env["water.callback.attempt"])
        with freeze_time(local("2026-03-11 15:05")):
            later = {"result": "later", "again_at": local("2026-03-12 09:00")}
            attempts.create({"callback_id": call.id, **later})
        again = call.deadline_id
        self.assertEqual((first.state, again.state), ("met", "running"))
        self.assertEqual((again.kind, again.promise_kind), ("promise", "contact"))
        self.assertLocal(again.due_at, "2026-03-12 10:00")
        self.assertEqual((call.due_at, call.state), (again.due_at, "open"))
        with freeze_time(local("2026-03-12 10:01")):
            self._sweep()
            self.assertEqual(again.state, "breached")
            attempts.create({"callback_id": call.id, "result": "no_answer"})
        self.assertLocal(again.met_at, "2026-03-12 10:01")
        self.assertEqual((first.state, again.state), ("met", "breached"))
        self.assertEqual(self._kinds(self.case).count("promised"), 2)

    def test_later_is_no_try_in_vain(self):
        self.company.water_call_attempts = 2
        self._try("later")
        self.assertLocal(self.call.next_attempt_at, "2026-03-11 12:00")
        self.assertFalse(self.call.wished_at)
        self._try("reached")
        self._try("busy", note="占线")
        self.assertEqual(self.call.state, "open")
        event = self.case.event_ids.sorted("id")[-1]
        self.assertEqual(event.payload, {"result": "busy", "note": "占线"})
        self.assertEqual(self._as("quality", self.call).attempt_count, 3)
        with self.assertRaises(ValidationError):
            self._try("later", again_at=fields.Datetime.now())
        again = self._later(seconds=1)
        self._try("later", again_at=again)
        self.assertEqual((self.call.wished_at, self.call.next_attempt_at), (again, again))
        self._try("no_answer")
        self.assertEqual((self.call.state, self.call.outcome), ("done", "unreachable"))

    def test_one_reached_call_is_on_record(self):
        """One from customers who answered, none from unreached ones."""
        for outcome, before, results in (
            ("solved", (), ["reached"]),
            ("not_solved", ("reached",), ["reached"]),
            ("refused", ("busy",), ["busy", "reached"]),
            ("unreachable", ("busy", "busy", "later"), ["busy", "busy", "later"]),
        ):
            self.call = self._inquiry()._schedule_callback().with_env(self.env)
            for result in before:
                self._try(result)
            self.call.outcome = outcome
            self._as("quality", self.call).action_done()
            found = self.call.attempt_ids.sorted("id").mapped("result")
            self.assertEqual((found, self.call.state), (results, "done"), outcome)

    def test_owner_of_call(self):
        """The caller who began it, else the one who finishes it."""
        for caller, kept in (("supervisor", "supervisor"), (None, "quality")):
            call = self._inquiry()._schedule_callback().with_env(self.env)
            call.write({"user_id": self.users[caller].id if caller else False})
            self._as("quality", call).write({"outcome": "solved"})
            self._as("quality", call).action_done()
            self.assertEqual(call.user_id, self.users[kept])
            self.assertEqual(self._kinds(acts.case_of(call))[-1], "callback_done")
            self.assertEqual(call.done_at, fields.Datetime.now())
            self.assertFalse(call.next_attempt_at)

    def test_requester_calls_on_request(self):
        """By a handler too; only a conversation in an open case is a contact."""
        for outcome, final, kinds in (
            ("solved", False, ["callback_returned", "contacted"]),
            ("unreachable", False, ["callback_attempt", "callback_returned"]),
            ("refused", True, ["callback_attempt", "callback_returned"]),
        ):
            case = self._inquiry()
            call = acts.call_back(case.with_user(self.users["agent"]), self._later(hours=1))
            self.assertTrue(self._as("agent", call).can_call)
            if outcome == "unreachable":
                for _number in range(3):
                    self.assertIs(self._as("agent", call).action_no_answer(), True)
                self.assertEqual(self._kinds(case)[-2:], kinds)
                continue
            self._as("agent", call).outcome = outcome
            if final:
                trusted(case).state = "closed"
            self.assertIs(self._as("agent", call).action_done(), True)
            self.assertEqual(self._kinds(case)[-2:], kinds, outcome)

    def test_calling_users(self):
        """Former responsible people cannot ask for a rating, nor is it offered."""
        acts.hand_over(self._as("supervisor", self.case), self.users["agent2"], "请假")
        self.case.sudo().user_id = self.users["manager"]
        for login, may in (("agent", False), ("agent2", False), ("manager", False), ("quality", 1)):
            with self.subTest(login=login):
                self.assertEqual(self._as(login, self.call).can_call, bool(may))
                self.assertEqual(self._as(login, self.case).can_call_back, bool(may))
        self.call._void()
        self.assertFalse(self._as("quality", self.case).can_call_back)

    def test_void_ends_the_time_for_it(self):
        """Of the follow-up unless another is open; a requested call has its own promise."""
        self._as("agent", self.case).action_process()
        self.case._start_follow_up_clocks()
        self.case._start_follow_up_clocks()
        clock = self._clock(self.case, "callback")
        clocks = self.case.deadline_ids.filtered(lambda row: row.kind == "callback")
        self.assertEqual((clocks, clock.state), (clock, "running"), "one alone")
        wish = acts.call_back(self._as("agent", self.case), self._later(hours=1)).sudo()
        wish._void("cancelled")
        self.assertEqual((wish.deadline_id.state, clock.state), ("void", "running"))
        self.assertEqual(self.call.state, "open")
        self.call._void()
        self.assertEqual((clock.state, self.call.void_reason), ("void", "reopened"))

    def test_when_a_wish_may_lie(self):
        """From now on for thirty days; the promise holds an hour longer, or as it was given."""
        for span, fits in (
            ({"seconds": -1}, False),
            ({"seconds": 0}, True),
            ({"days": 30}, True),
            ({"days": 30, "seconds": 1}, False),
        ):
            case = self._as("agent", self._inquiry())
            with self.subTest(span=span):
                if not fits:
                    with self.assertRaises(ValidationError):
                        acts.call_back(case, self._later(**span))
                    continue
                call = acts.call_back(case, self._later(**span)).sudo()
                self.assertEqual(call.due_at, self._later(**span) + timedelta(hours=1))
                self.assertEqual(call.deadline_id.label, "Call the customer back")
        case = self._as("agent", self._inquiry())
        call = case._request_callback(self._later(hours=2), "水价", self._later(hours=5)).sudo()
        self.assertEqual((call.due_at, call.deadline_id.label), (self._later(hours=5), "水价"))
        event = acts.case_of(call).event_ids.sorted("id")[-1]
        wished = self._later(hours=2).isoformat()
        self.assertEqual(event.payload, {"wished": wished, "note": "水价"})

    def test_share_of_those_called(self):
        """All of a forwarding body's; the category's; none where there is no category."""
        self._category("gn").inquiry_callback_percent = 35
        self.assertEqual(self.case._callback_percent(), 35)
        self.case.sudo().category_id = False
        self.assertEqual(self.case._callback_percent(), self.case._callback_unsorted)
        self.case.sudo().channel_id = self._channel("hotline12345")
        self.assertEqual(self.case._callback_percent(), 100)
        self.assertEqual([self.case._keeps_left_out(share) for share in (0, 1)], [False, True])

    def test_unknown_customers_are_not_called(self):
        self._category("gn").inquiry_callback_percent = 100
        case = self._inquiry(is_anonymous=True, partner_id=False)
        case._plan_callbacks()
        self.assertFalse(case.callback_ids)

    def test_hours_of_the_account(self):
        for account, hours in (
            ({}, (0, 24)),
            ({"call_from": 18, "call_until": 19}, (18, 19)),
            ({"call_from": 0, "call_until": 0}, (0, 24)),
        ):
            case = self._inquiry()
            if account:
                values = {"code": f"T{hours}", "partner_id": self.customer.id, "address": "x"}
                case.sudo().account_id = self.env["water.account"].create({**values, **account})
            values = case._queue_values()
            self.assertEqual((values["call_from"], values["call_until"]), hours)

    def test_moved_with_its_limit(self):
        """The follow-up with the time for it, a wish with its own promise, and no other."""
        self._as("agent", self.case).action_process()
        self.case._start_follow_up_clocks()
        wish = acts.call_back(self._as("agent", self.case), self._later(hours=1)).sudo()
        other = (
            acts.promise(self.case, "另一件", self._later(hours=9)) or self.env["water.deadline"]
        )
        clock = self._clock(self.case, "callback")
        self.assertEqual((clock._calls(), wish.deadline_id._calls()), (self.call, wish))
        self.assertFalse((other - wish.deadline_id)._calls() if len(other) == 1 else False)
        due = datetime(2026, 3, 20, 1)
        for moved, left in ((clock, wish), (wish.deadline_id, self.call)):
            before, call = left.due_at, moved._calls()
            moved._move_due(due, False)
            self.assertEqual((call.due_at, left.due_at), (due, before))
            due += timedelta(hours=1)
        self.call._void()
        self.assertFalse(clock._calls())
