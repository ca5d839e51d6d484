from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import BaseCase, Form, tagged
from odoo.tests.common import freeze_time

from ...base.sampling import is_drawn
from ...base.tests.common import WaterCommon, local, speak_chinese
from ...base.trust import trusted
from ..call_window import common_hours, is_open, local_hour, next_open

TZ = "Asia/Shanghai"


@tagged("post_install", "-at_install")
class TestCallWindow(BaseCase):
    """Hours of the day by the company's clock, and the draw by the number."""

    def test_hours(self):
        self.assertEqual(local_hour(local("2026-03-11 09:30"), TZ), 9.5)
        for text, hours, answer in (
            ("2026-03-11 09:00", (9, 20), True),
            ("2026-03-11 08:59", (9, 20), False),
            ("2026-03-11 20:00", (9, 20), False),
            ("2026-03-11 00:00", (0, 24), True),
        ):
            with self.subTest(text=text, hours=hours):
                self.assertEqual(is_open(local(text), TZ, hours), answer)

    def test_next_open(self):
        for text, opening in (
            ("2026-03-11 10:00", "2026-03-11 10:00"),
            ("2026-03-11 06:00", "2026-03-11 09:30"),
            ("2026-03-11 20:00", "2026-03-12 09:30"),
            ("2026-12-31 23:00", "2027-01-01 09:30"),
        ):
            with self.subTest(text=text):
                self.assertEqual(next_open(local(text), TZ, (9.5, 20)), local(opening))

    def test_common_hours(self):
        self.assertEqual(common_hours((18, 22), (9, 20)), (18, 20))
        self.assertEqual(common_hours((0, 24), (9, 20)), (9, 20))
        self.assertEqual(common_hours((21, 22), (9, 20)), (21, 22))

    def test_draw(self):
        """The same number is drawn every time; a larger sample holds the smaller one."""
        numbers = [f"ZX202603-{index:05}" for index in range(1000)]
        drawn = {share: {n for n in numbers if is_drawn(n, share)} for share in (0, 20, 50, 100)}
        self.assertFalse(drawn[0])
        self.assertEqual(len(drawn[100]), 1000)
        self.assertLess(drawn[20], drawn[50])
        self.assertTrue(150 < len(drawn[20]) < 250, len(drawn[20]))


@tagged("post_install", "-at_install")
class TestCallbackQueue(WaterCommon):
    """Who is called when: hours, wishes, failed attempts, and the order of the queue."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"water_call_from": 9, "water_call_until": 20})

    def _callback(self, **account):
        values = {}
        if account:
            row = {"code": "T-77", "partner_id": self.customer.id, "address": "x", **account}
            values["account_id"] = self.env["water.account"].create(row).id
        return self._inquiry(**values)._schedule_callback().with_env(self.env)

    def _at(self, text):
        return freeze_time(fields.Datetime.to_string(local(text)))

    def _try(self, callback, result="no_answer", login="quality", **values):
        attempts = self._as(login, self.env["water.callback.attempt"])
        return attempts.create({"callback_id": callback.id, "result": result, **values})

    def _callable(self, callback):
        self.env.invalidate_all()
        found = self._as("quality", self.env["water.callback"]).search([("is_callable", "=", True)])
        shown = self._as("quality", callback).is_callable
        self.assertEqual(callback in found, shown, "the search and the field agree")
        return shown

    def test_no_call_is_offered_outside_the_hours(self):
        """The banner says from when on; the button could only be refused."""
        view = self._as("agent", self.env["water.callback"]).get_view(view_type="form")["arch"]
        (call,) = etree.fromstring(view).xpath("//header/button[@name='action_start']")
        self.assertIn("quiet_note", call.get("invisible"))

    def test_one_talks(self):
        """The user who began a call keeps it until an attempt is noted or time passes."""
        callback = self._callback()
        self._as("quality", callback).action_start()
        self._as("quality", callback).action_start()
        with self.assertRefused("quality.* has begun this call", callback):
            self._as("supervisor", callback).action_start()
        self._try(callback, "busy")
        trusted(callback).next_attempt_at = fields.Datetime.now()
        with freeze_time(self._later(minutes=1)):
            self._as("supervisor", callback).action_start()
        with (
            freeze_time(self._later(minutes=16)),
            self.assertRefused("supervisor.* has begun this call", callback),
        ):
            self._as("quality", callback).action_start()
        with freeze_time(self._later(minutes=16, seconds=1)):
            self._as("quality", callback).action_start()
        self.assertEqual(callback.user_id, self.users["quality"])

    def test_quiet_hours(self):
        callback = self._callback()
        for text, answer in (
            ("2026-03-11 11:00", True),
            ("2026-03-11 19:59", True),
            ("2026-03-11 20:00", False),
            ("2026-03-12 08:59", False),
            ("2026-03-12 09:00", True),
        ):
            with self.subTest(text=text), self._at(text):
                self.assertEqual(self._callable(callback), answer)

    def test_call_in_quiet_hours_is_refused(self):
        callback = self._as("quality", self._callback())
        with self._at("2026-03-11 21:00"):
            for call in (callback.action_start, callback.action_no_answer):
                with self.assertRaisesRegex(UserError, "between 09:00 and 20:00"):
                    call()
            callback.outcome = "solved"
            with self.assertRaisesRegex(UserError, "between 09:00 and 20:00"):
                callback.action_done()
        self.env.invalidate_all()
        self.assertFalse(callback.attempt_ids)

    def test_noted_a_little_late(self):
        """A call that began before the end is written down shortly after it."""
        callback = self._callback()
        with self._at("2026-03-11 20:10"):
            self._try(callback, "busy")
        with self._at("2026-03-11 20:16"), self.assertRefused("between 09:00 and 20:00", callback):
            self._try(callback, "busy")

    def test_hours_of_the_customer(self):
        """The account's preferred time, within the company's hours."""
        callback = self._callback(call_from=18, call_until=22)
        self.assertLocal(callback.next_attempt_at, "2026-03-11 18:00")
        for text, answer in (
            ("2026-03-11 17:59", False),
            ("2026-03-11 18:00", True),
            ("2026-03-11 20:30", False),
        ):
            with self.subTest(text=text), self._at(text):
                self.assertEqual(self._callable(callback), answer)

    def test_hours_in_words(self):
        """Without a preferred time the form says so, instead of a whole day."""
        speak_chinese(self.env)
        for account, words, chinese in (
            ({}, "Any time", "随时"),
            ({"call_from": 18, "call_until": 22.5}, "18:00–22:30", "18:00–22:30"),
        ):
            with self.subTest(words=words):
                callback = self._as("quality", self._callback(**account))
                with Form(callback) as form:
                    self.assertEqual(form.call_hours, words)
                self.assertEqual(callback.with_context(lang="zh_CN").call_hours, chinese)
        with Form(self._as("quality", self._callback())) as form:
            form.call_from = 9.25
            self.assertEqual(form.call_hours, "09:15–24:00")

    def test_hours_wholly_outside(self):
        """A preference for night hours is a request."""
        callback = self._callback(call_from=20.5, call_until=21.5)
        with self._at("2026-03-11 21:00"):
            self.assertTrue(self._callable(callback))
            self._as("quality", callback).action_start()
        with self._at("2026-03-11 10:00"):
            self.assertFalse(self._callable(callback))

    def test_hours_by_hand(self):
        """“Call me in the evening”: the next try moves."""
        callback = self._callback()
        self._as("quality", callback).write({"call_from": 18.5, "call_until": 19.5})
        self.assertLocal(callback.next_attempt_at, "2026-03-11 18:30")

    def test_another_time_zone(self):
        """Quiet hours are those of the company's clock, not of the server's or the user's."""
        callback = self._callback()
        calendar = self.company.water_calendar_id.copy({"tz": "Europe/Berlin"})
        self.company.water_calendar_id = calendar
        with self._at("2026-03-11 15:00"):  # 8:00 in Berlin
            self.assertFalse(self._callable(callback))
        with self._at("2026-03-11 16:00"):  # 9:00
            self.assertTrue(self._callable(callback))

    def test_back_off(self):
        """By result and number of attempts; the next attempt lies within the hours."""
        callback = self._callback()
        for text, result, following in (
            ("2026-03-11 10:00", "busy", "2026-03-11 10:15"),
            ("2026-03-11 19:30", "no_answer", "2026-03-12 19:30"),
        ):
            with self._at(text):
                self._try(callback, result)
            self.assertLocal(callback.next_attempt_at, following)
        callback = self._callback()
        with self._at("2026-03-11 18:00"):
            self._try(callback)
        self.assertLocal(callback.next_attempt_at, "2026-03-12 09:00")

    def test_back_off_is_data(self):
        self.env.ref("water_service_desk.callback_retry_busy_1").minutes = 45
        callback = self._callback()
        self._try(callback, "busy")
        self.assertEqual(callback.next_attempt_at, self._later(minutes=45))
        self.env["water.callback.retry"].search([]).unlink()
        self._try(callback, "busy")
        self.assertEqual(callback.next_attempt_at, self._later(minutes=60))

    def test_asked_for_another_time(self):
        """Answered and asked for a night call: that time applies, not a failed attempt."""
        callback = self._callback()
        again = local("2026-03-11 21:00")
        self._try(callback, "later", again_at=again)
        self.assertEqual(callback.next_attempt_at, again)
        with self._at("2026-03-11 20:45"):
            self.assertFalse(self._callable(callback))
        with self._at("2026-03-11 21:30"):
            self.assertTrue(self._callable(callback))
            self._try(callback, "no_answer")
        self.assertEqual(callback.state, "open")
        for result, moment in (("busy", again), ("later", local("2026-03-11 09:00"))):
            with self.subTest(result=result), self.assertRaises(ValidationError):
                self._try(callback, result, again_at=moment)

    def test_tries_are_a_setting(self):
        self.company.water_call_attempts = 1
        callback = self._callback()
        self._try(callback, "wrong_number")
        self.assertEqual((callback.state, callback.outcome), ("done", "unreachable"))

    def test_order(self):
        """Callable ones first, without finished calls."""
        first, second, third = (self._callback() for _index in range(3))
        with self._at("2026-03-11 10:05"):
            self._try(first, "no_answer")
            self._try(second, "busy")
        queue = self.env["water.callback"].search([("id", "in", (first | second | third).ids)])
        self.assertEqual(queue, third | second | first)

    def test_queries_do_not_grow(self):
        """The queue costs as many queries for forty calls as for ten."""
        names = ["case_name", "case_subject", "contact", "is_callable", "quiet_note"]
        rows = self.env["water.callback"].browse()
        counts = []
        for _round in range(2):
            for _index in range(10 if not rows else 30):
                rows |= self._callback()
            self.env.flush_all()
            self.env.invalidate_all()
            mine = self._as("quality", rows)
            before = self.env.cr.sql_log_count
            mine.search_read([("is_callable", "=", True)], names)
            counts.append(self.env.cr.sql_log_count - before)
            self.env.invalidate_all()
        self.assertLessEqual(counts[1], counts[0])


@tagged("post_install", "-at_install")
class TestRequestedCall(WaterCommon):
    """The customer asks to be called (回电): queued at that time, and kept as a promise."""

    def setUp(self):
        super().setUp()
        self.company.write({"water_call_from": 9, "water_call_until": 20})
        self.case = self._inquiry()
        self._as("agent", self.case).action_process()
        self.wish = self._later(hours=13)  # 23:00, well in the quiet hours

    def _request(self, login="agent", **values):
        wizard = self.env["water.callback.wizard"].with_user(self.users[login])
        about = {"case_model": self.case._name, "case_ids": self.case.ids}
        wizard.create({**about, "wished_at": self.wish, "note": "水价", **values}).action_request()
        return self.case.callback_ids

    def test_request(self):
        call = self._request()
        self.assertRecordValues(
            call,
            [
                {
                    "kind": "requested",
                    "state": "open",
                    "wished_at": self.wish,
                    "next_attempt_at": self.wish,
                    "due_at": self.wish + timedelta(hours=1),
                    "requested_by_id": self.users["agent"].id,
                }
            ],
        )
        promise = self._clock(self.case, "promise")
        self.assertEqual((promise, promise.promise_kind), (call.deadline_id, "contact"))
        self.assertIn("callback_requested", self._kinds(self.case))

    def test_called_at_that_time(self):
        """In quiet hours by the handler: the customer asked for it."""
        call = self._as("agent", self._request())
        self.assertFalse(call.is_callable)
        with freeze_time(fields.Datetime.to_string(self.wish)):
            self.env.invalidate_all()
            self.assertTrue(call.is_callable)
            self.assertIn(call, call.search([("is_callable", "=", True)]))
            call.action_start()
            call.outcome = "solved"
            call.action_done()
        self.assertEqual(self._clock(self.case, "promise").state, "met")
        self.assertEqual(self._kinds(self.case)[-2:], ["callback_returned", "contacted"])
        self.assertEqual(self.case.first_contact_at, self.wish)
        self.assertWhole(self.case)

    def test_called_in_vain(self):
        """Calling keeps the promise even without an answer; three attempts end it."""
        call = self._as("agent", self._request())
        with freeze_time(fields.Datetime.to_string(self.wish)):
            call.action_no_answer()
        self.assertEqual(self._clock(self.case, "promise").state, "met")
        self.assertLocal(call.next_attempt_at, "2026-03-12 09:00")
        for hours in (24, 48):
            with freeze_time(fields.Datetime.to_string(self.wish - timedelta(hours=8 - hours))):
                call.action_no_answer()
        self.assertEqual((call.state, call.outcome), ("done", "unreachable"))
        self.assertEqual(self.case.state, "processing")

    def test_refused_requests(self):
        for wish in (self._later(hours=-1), self._later(days=31)):
            with self.subTest(wish=wish), self.assertRaises(ValidationError):
                self._request(wished_at=wish)
        self._request()
        with self.assertRaisesRegex(UserError, "to be called already"):
            self._request()
        work = self._as("agent", self.case)
        work.answer = "已答复"
        work.action_answer()
        self._as("agent", self.case.callback_ids).action_cancel()
        work.action_close()
        with self.assertRaisesRegex(UserError, "Closed"):
            self._request()

    def test_not_wanted_any_more(self):
        call = self._as("agent", self._request())
        self.assertTrue(call.action_cancel())
        self.assertEqual((call.state, call.void_reason), ("void", "cancelled"))
        self.assertEqual(self._clock(self.case, "promise").state, "void")
        follow_up = self._as("quality", self.case._schedule_callback())
        with self.assertRaisesRegex(UserError, "A follow-up is made"):
            follow_up.action_cancel()

    def test_withdrawn_case(self):
        call = self._request()
        self._as("agent", self.case).action_withdraw()
        self.assertEqual(call.state, "void")

    def test_from_the_pick_up_screen(self):
        calls = self.env["water.call"].with_user(self.users["agent"])
        values = {
            "query": "13812345678",
            "verbatim": "水价怎么算",
            "category_id": self._category("gn").id,
            "callback_at": self.wish,
        }
        screen = calls.create({**values, "answer": "已答复"})
        self.assertIn("anything else", screen.closing_script)
        with self.assertRaisesRegex(UserError, "register the inquiry"):
            screen.action_answer_and_close()
        screen.action_register_inquiry()
        case = self.env["water.inquiry"].browse(screen.case_id)
        self.assertEqual(case.callback_ids.wished_at, self.wish)
