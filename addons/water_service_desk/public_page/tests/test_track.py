"""Following a case without an account: number and code, links, limits, sessions."""

import io
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time
from odoo.tools.misc import hash_sign

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon
from ...intake.models.water_case_intake import SCOPE
from ...intake.tests import upload_samples as samples
from .common import OPENED, REPORT, TRACK, PublicCase


@tagged("post_install", "-at_install")
class TestQueryCode(WaterCommon):
    def test_code(self):
        case = self._inquiry()
        code = case._issue_query_code()
        self.assertEqual(self._kinds(case)[-1], "query_code_issued")
        find = self.env["water.inquiry"]._find_by_query_code
        for typed in (code, code.lower(), code.replace("-", " "), f" {code} "):
            self.assertEqual(find(f" {case.name.lower()} ", typed), case)
        for number, typed in (
            (case.name, ""),
            (case.name, code[:-1]),
            (case.name, None),
            ("ZX000000-00000", code),
            (None, code),
            ("%", code),
            (case.name, ["x"]),
        ):
            self.assertFalse(find(number, typed))
        self.assertFalse(self.env["water.request"]._find_by_query_code(case.name, code))
        self.assertWhole(case)

    def test_case_without_a_code(self):
        case = self._inquiry()
        for typed in ("", "AAAAA-AAAAA", "0" * 64):
            self.assertFalse(self.env["water.intake"]._find_tracked(case.name, typed))

    def test_new_code_makes_the_old_one_void(self):
        case = self._inquiry()
        old, new = case._issue_query_code(), case._issue_query_code()
        find = self.env["water.intake"]._find_tracked
        self.assertFalse(find(case.name, old))
        self.assertEqual(find(case.name, new), case)

    def test_another_customer(self):
        """A case entered for the wrong person: their code no longer opens it."""
        case = self._inquiry(partner_id=False, contact_name="王芳")
        code, find = case._issue_query_code(), self.env["water.intake"]._find_tracked
        twice = self.customer.copy({"name": self.customer.name, "phone": self.customer.phone})
        for person in (self.customer, twice):
            self._as("supervisor", case).partner_id = person
            self.assertEqual(find(case.name, code), case)
        self._as("supervisor", case).partner_id = self.customer2
        self.assertFalse(find(case.name, code))
        self.assertEqual(find(case.name, case._issue_query_code()), case)

    def test_hash_is_salted_and_closed(self):
        case, other = self._inquiry(), self._inquiry()
        with patch("secrets.choice", return_value="A"):
            self.assertEqual(case._issue_query_code(), other._issue_query_code())
        self.assertNotEqual(case.query_code_hash, other.query_code_hash)
        for login in ("agent", "supervisor", "manager"):
            mine = self._as(login, case)
            self.assertNotIn("query_code_hash", mine.fields_get())

    def test_wrong_number_costs_what_a_wrong_code_costs(self):
        """The same queries and one hash for any error, with or without a code."""
        case, bare = self._inquiry(), self._inquiry()
        case._issue_query_code()
        find = self.env["water.intake"]._find_tracked
        find(case.name, "x")
        costs = set()
        for number in (case.name, bare.name, "ZX000000-00000", ""):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            with patch("hashlib.scrypt", return_value=b"\x00" * 32) as scrypt:
                self.assertIsNone(find(number, "AAAAA-AAAAA"))
            costs.add((self.cr.sql_log_count - start, scrypt.call_count))
        self.assertEqual(len(costs), 1, costs)
        self.assertEqual(costs.pop()[1], 1)

    # -- links ------------------------------------------------------------------------------

    def _linked(self, case):
        link = case._customer_link()
        self.assertIn("/water/track/link/", link)
        return link.rsplit("/", 1)[1]

    def test_link_for_customer_without_account(self):
        case = self._inquiry()
        self.assertTrue(case._customer_link().endswith(f"/my/inquiries/{case.id}"))
        case = self._inquiry(partner_id=False, contact_name="王芳", phone="13712345678")
        find = self.env["water.intake"]._find_linked
        self.assertEqual(find(self._linked(case)), case)
        self.assertTrue(case._customer_door().endswith("/water/track"))

    def test_link_ends(self):
        case = self._inquiry(partner_id=False, phone="13712345678")
        token, find = self._linked(case), self.env["water.intake"]._find_linked
        with freeze_time(fields.Datetime.to_datetime(NOW) + timedelta(days=44)):
            self.assertEqual(find(token), case)
        with freeze_time(fields.Datetime.to_datetime(NOW) + timedelta(days=46)):
            self.assertIsNone(find(token))
        case.phone = "13712345679"  # it went to another person
        self.assertIsNone(find(token))

    def test_link_opens_nothing_else(self):
        case = self._inquiry(partner_id=False, phone="13712345678")
        other = self._inquiry(partner_id=False, phone="13712345670")
        token, find = self._linked(case), self.env["water.intake"]._find_linked
        sign = self.env(su=True)
        claims = case._track_claims()
        for wrong in (
            "",
            "x",
            "AQ",
            "é",
            "\ud800",
            token[:-3],
            token[:-1] + ("A" if token[-1] != "A" else "B"),
            hash_sign(sign, "another scope", claims),
            hash_sign(sign, SCOPE, ["res.users", 2, "x"]),
            hash_sign(sign, SCOPE, [claims[0], other.id, claims[2]]),
            hash_sign(sign, SCOPE, [claims[0], 999999999, claims[2]]),
        ):
            with self.subTest(ascii(wrong)):
                self.assertIsNone(find(wrong))


@tagged("post_install", "-at_install")
class TestTrack(PublicCase):
    def test_follow_at_once(self):
        """Right after filing the case opens without its code, for the filer only."""
        case, _number, _code = self.file()
        self.assertLocation(self.post(f"{REPORT}/follow"), OPENED)
        self.assertIn(case.name, self.text(self.get(OPENED)))
        self.stranger()
        self.assertLocation(self.post(f"{REPORT}/follow"), TRACK)
        self.assertStatus(self.post(f"{REPORT}/follow", csrf=False), 400)

    def test_double_tap(self):
        """Both answers set the same cookie, so the session saved last fits either."""
        self.file()
        marks = {self.post(f"{REPORT}/follow").cookies["water_track"] for _tap in range(2)}
        self.assertEqual(len(marks), 1)

    def test_telephone_is_not_given_away(self):
        _case, number, code = self.file()
        self.stranger()
        self.track(number, code)
        page = self.get(OPENED).text
        self.assertNotIn("13712345678", page)
        self.assertIn("5678", page)

    def test_calls_are_offered_in_working_time(self):
        case, _number, _code = self._opened()
        page = self.page(self.get(OPENED))
        slots = page.xpath("//select[@id='wished_at']//option/@value")
        slots = [slot for slot in slots if slot]
        self.assertTrue(slots)
        hours = {int(slot[11:13]) for slot in slots}
        self.assertLessEqual(hours, set(range(8, 18)))
        self.assertLocation(
            self.post(f"{OPENED}/callback", {"wished_at": slots[0]}), "done=callback"
        )
        self.assertEqual(len(self._calls(case, "requested")), 1)

    def _opened(self, **values):
        case, number, code = self.file(**values)
        self.assertLocation(self.track(number, code), OPENED)
        return case, number, code

    def test_page(self):
        case, number, code = self.file(files=[("photo.png", samples.PNG)])
        self.stranger()
        self.assertLocation(self.get(OPENED), TRACK)
        self.assertLocation(self.track(number, code), OPENED)
        response = self.visit(OPENED)
        self.assertStatus(response, 200)
        words = self.text(response)
        for word in (number, "Progress", "What we promised", "We answer you"):
            self.assertIn(word, words)
        self.assertNotIn("/my/inquiries", response.text)
        (picture,) = self.page(response).xpath("//img[contains(@class, 'o_water_thumb')]/@src")
        answer = self.visit(picture)
        self.assertStatus(answer, 200)
        self.assertIn("sandbox", answer.headers["Content-Security-Policy"])
        other = self._inquiry()._store_files([("photo.png", io.BytesIO(samples.PNG))])
        self.assertStatus(self.visit(f"{OPENED}/file/{other.id}"), 404)
        self.assertStatus(self.visit(f"{OPENED}/letter/1"), 404)
        self.assertTrue(case.exists())

    def test_answers(self):
        case, number, code = self._opened()
        response = self.post(f"{OPENED}/message", {"body": "还有一点"}, [("a.pdf", samples.PDF)])
        self.assertLocation(response, f"{OPENED}?done=message")
        self.env.invalidate_all()
        self.assertIn("customer_message", self._kinds(case))
        self.assertEqual(case.published_attachment_ids.raw, samples.PDF)
        page = self.page(self.visit(OPENED))
        (mine,) = page.xpath("//div[contains(@class, 'o_water_mine')]")
        self.assertIn("还有一点", mine.text_content())
        case.with_user(self.users["agent"]).action_take()
        self._as("agent", case).write({"answer": "每年 220 立方米。"})
        self._as("agent", case).action_answer()
        self.assertIn("220", self.text(self.visit(OPENED)))
        self.assertLocation(self.post(f"{OPENED}/settled"), f"{OPENED}?done=settled")
        self.env.invalidate_all()
        self.assertEqual(case.state, "closed")
        self.assertWhole(case)

    def test_impossible_actions(self):
        case, _number, _code = self._opened()
        for action, status in (("settled", 409), ("delete", 404), ("confirm", 404)):
            self.assertStatus(self.post(f"{OPENED}/{action}"), status)
            self.assertEqual(self.get(f"{OPENED}/{action}").status_code, 303)
        self.assertStatus(self.post(f"{OPENED}/message", {"body": ""}), 422)
        bad = self.post(f"{OPENED}/message", {"body": "x"}, [("a.jpg", samples.JPEG[:30])])
        self.assertStatus(bad, 422)
        self.env.invalidate_all()
        self.assertNotIn("customer_message", self._kinds(case))

    def test_wrong_number_and_wrong_code_are_alike(self):
        _case, number, code = self.file()
        answers = [
            self.track(number, "AAAAA-AAAAA"),
            self.track(number[:-5] + "99999", code),
            self.track("' OR 1=1 --", code),
            self.track(number, ""),
            self.track("", ""),
            self.track("水" * 500, "\x00" * 500),
        ]
        words = {self.text(answer) for answer in answers}
        self.assertEqual(len(words), 1)
        self.assertEqual({answer.status_code for answer in answers}, {422})

    def test_attempts_are_limited(self):
        self.company.water_track_attempts = 3
        case, number, code = self.file()
        for typed in (number, number[:-5] + "99999"):  # whether there is such a case or not
            self.env["water.attempt"].sudo()._forget("track_source", "127.0.0.1")
            for _attempt in range(3):
                self.assertStatus(self.track(typed, "AAAAA-AAAAA"), 422)
            locked = self.track(typed, code)
            self.assertStatus(locked, 429)
            self.assertIn("Try again in a few minutes", self.text(locked))
            self.assertTrue(locked.headers["Retry-After"])
        self.stranger()  # another browser does not help
        self.assertStatus(self.track(number, code), 429)
        self.env["water.attempt"].sudo()._forget("track_wait", f"{number},127.0.0.1")
        self.env["water.attempt"].sudo()._forget("track_source", "127.0.0.1")
        self.assertLocation(self.track(number, code), OPENED)
        self.assertTrue(case.exists())

    def test_mistyping_user_waits_and_gets_in(self):
        """Too many wrong codes slow the owner down; each doubles the wait."""
        self.company.water_track_attempts = 3
        _case, number, code = self.file()
        wait = timedelta(minutes=1)
        now = fields.Datetime.now()
        for _attempt in range(3):
            self.assertStatus(self.track(number, "AAAAA-AAAAA"), 422)
        for _again in range(2):
            self.assertStatus(self.track(number, code), 429)
            now += wait + timedelta(seconds=2)
            with freeze_time(now, tick=True):
                self.assertStatus(self.track(number, "AAAAA-AAAAA"), 422)
                self.assertStatus(self.track(number, code), 429)
            wait *= 2
        with freeze_time(now + wait + timedelta(seconds=2), tick=True):
            self.assertLocation(self.track(number, code), OPENED)

    def test_stranger_locks_out_no_one(self):
        """Wrong codes from one address do not affect the customer at another."""
        self.company.water_track_attempts = 3
        _case, number, code = self.file()
        with patch("odoo.http.HTTPRequest.remote_addr", "2001:db8::1", create=True):
            for _attempt in range(4):
                last = self.track(number, "AAAAA-AAAAA")
            self.assertStatus(last, 429)
        self.assertLocation(self.track(number, code), OPENED)

    def test_many_numbers_from_one_address(self):
        self.company.water_track_attempts = 1
        _case, number, code = self.file()
        for attempt in range(4):
            self.assertStatus(self.track(f"ZX{attempt}", "AAAAA-AAAAA"), 422)
        self.assertStatus(self.track(number, code), 429)

    def test_ends_after_half_an_hour(self):
        self._opened()
        self.assertStatus(self.get(OPENED), 200)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=31), tick=True):
            self.assertLocation(self.get(OPENED), TRACK)

    def test_ends_with_its_opener(self):
        """Another code, address or telephone, or no customer any more: it is shut at once."""
        case, number, code = self._opened()
        other = case._issue_query_code()  # by the service, for customers who lost it
        self.env.flush_all()
        self.assertLocation(self.get(OPENED), TRACK)
        self.assertLocation(self.post(f"{OPENED}/message", {"body": "x"}), TRACK)
        self.assertLocation(self.post(f"{REPORT}/follow"), TRACK)
        self.assertStatus(self.post(f"{REPORT}/code"), 410)
        self.assertStatus(self.track(number, code), 422)
        self.assertLocation(self.track(number, other), OPENED)
        case.phone = "13712345670"  # by someone who knows the code: that one stays
        self.assertStatus(self.get(OPENED), 200)
        self.stranger()
        self.visit(f"{TRACK}/link/{case._track_token()}")
        self.assertStatus(self.get(OPENED), 200)
        case.phone = "13712345671"
        self.assertLocation(self.get(OPENED), TRACK)
        self.visit(f"{TRACK}/link/{(token := case._track_token())}")
        self._as("agent", case).action_withdraw()
        self.assertStatus(self.get(OPENED), 200)
        acts.erase(case, "本人要求")
        self.assertLocation(self.get(OPENED), TRACK)
        self.assertStatus(self.visit(f"{TRACK}/link/{token}"), 410)

    def test_a_new_code_for_oneself(self):
        """The filer asks for another code, and continues."""
        self._opened()
        self.assertLocation(self.post(f"{REPORT}/code"), "/done")
        self.assertLocation(self.post(f"{REPORT}/follow"), OPENED)
        self.assertStatus(self.get(OPENED), 200)

    def test_ends_with_browser(self):
        self._opened()
        (cookie,) = [cookie for cookie in self.opener.cookies if cookie.name == "water_track"]
        self.assertIsNone(cookie.expires)
        self.assertTrue(cookie.has_nonstandard_attr("HttpOnly"))
        self.opener.cookies.clear(cookie.domain, cookie.path, cookie.name)
        self.assertLocation(self.get(OPENED), TRACK)

    def test_a_made_up_mark(self):
        """Any cookie value opens nothing and is no server error."""
        self._opened()
        (cookie,) = [cookie for cookie in self.opener.cookies if cookie.name == "water_track"]
        for value in ("caf\xe9", "x" * 3000, ""):
            self.opener.cookies.set("water_track", value, domain=cookie.domain, path=cookie.path)
            self.assertLocation(self.get(OPENED), TRACK)

    def test_closed_by_hand(self):
        self._opened()
        self.assertLocation(self.post(f"{TRACK}/leave"), TRACK)
        self.assertLocation(self.get(OPENED), TRACK)
        self.assertStatus(self.visit(f"{REPORT}/done"), 410)

    def test_link(self):
        case, _number, _code = self.file()
        self.stranger()
        token = case._customer_link().rsplit("/", 1)[1]
        response = self.visit(f"{TRACK}/link/{token}")
        self.assertStatus(response, 200)
        self.assertIn(case.name, self.text(response))
        self.assertNotIn(token, response.url)
        self.assertStatus(self.visit(f"{TRACK}/link/{token[:-4]}"), 410)
        self.assertStatus(self.visit(f"{TRACK}/link/%F0%9F"), 410)
        self.assertStatus(self.visit(f"{TRACK}/link/%F0%9F%00"), 400)

    def test_staff_does_not_answer_in_the_customers_place(self):
        case, number, code = self.file()
        self.sign_in("agent")
        self.opener.cookies.set("frontend_lang", "en_US")
        self.assertLocation(self.track(number, code), OPENED)
        response = self.post(f"{OPENED}/message", {"body": "x"})
        self.assertStatus(response, 422)
        self.assertIn("member of staff", self.text(response))
        self.env.invalidate_all()
        self.assertNotIn("customer_message", self._kinds(case))

    def test_nothing_internal_is_shown(self):
        case, _number, _code = self._opened()
        case.with_user(self.users["agent"]).message_post(body="Internal: do not tell")
        hidden = case._store_files([("hidden.png", io.BytesIO(samples.PNG))])
        response = self.visit(OPENED)
        self.assertNotIn("do not tell", response.text)
        self.assertNotIn("hidden.png", response.text)
        self.assertStatus(self.visit(f"{OPENED}/file/{hidden.id}"), 404)
