import base64
import contextlib
from unittest.mock import patch

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import tagged

from ...intake.filing import FilingError, TooManyError, WrongStateError
from ...intake.tests.upload_samples import PNG
from .common import ApiCommon


@tagged("post_install", "-at_install")
class TestApi(ApiCommon):
    """The interface for integrations: its own cases, once each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.env["water.account"].create(
            {"code": "A-77", "partner_id": cls.customer.id, "address": "东城路8号"}
        )

    def _case(self, **values):
        return {
            "external_id": "wx-1",
            "kind": "inquiry",
            "category": "GN",
            "description": "阶梯水价怎么算？",
            "customer": {"name": "王芳", "phone": "13700001111"},
            **values,
        }

    def _inquiry_of(self, receipt):
        return self.env["water.inquiry"].search([("name", "=", receipt["number"])])

    def _errors(self, **values):
        with self.assertRaises(FilingError) as caught:
            self.api.submit(self._case(**values))
        return set(caught.exception.errors)

    def test_submit(self):
        """A case is filed with channel, text and contact, without an owner yet."""
        receipt = self.api.submit(self._case())
        case = self._inquiry_of(receipt)
        self.assertEqual((receipt["result"], receipt["kind"]), ("created", "inquiry"))
        self.assertEqual(case.channel_id, self._channel("wechat"))
        self.assertEqual((case.contact_name, case.phone), ("王芳", "13700001111"))
        self.assertEqual(case.verbatim, "阶梯水价怎么算？")
        self.assertFalse(case.partner_id)
        self.assertFalse(case.first_responsible_id)
        self.assertTrue(receipt["promised_at"].endswith("Z"))
        self.assertWhole(case)

    def test_bidi_controls_in_customer_name_are_removed(self):
        customer = {"name": "王\u202e芳\x00", "phone": "13700001111"}
        case = self._inquiry_of(self.api.submit(self._case(customer=customer)))
        self.assertEqual(case.contact_name, "王芳")

    def test_no_such_step(self):
        """A step that the kind of case does not know is refused, and the case stays as it is."""
        case = self._inquiry_of(self.api.submit(self._case()))
        kinds = self._kinds(case)
        with self.assertRaisesRegex(WrongStateError, "no such step"):
            self.api._do(case.with_user(self.machine).sudo(), ("reopen_request", "rate"), {})
        self.assertEqual((case.state, self._kinds(case)), ("registered", kinds))

    def test_the_same_number_twice(self):
        first = self.api.submit(self._case())
        again = self.api.submit(self._case(description="something else"))
        self.assertEqual(again["number"], first["number"])
        self.assertEqual((first["result"], again["result"]), ("created", "known"))
        self.assertEqual(len(self._inquiry_of(first)), 1)

    def test_channels_are_apart(self):
        """The same number in another channel is another case; each sees its own."""
        first = self.api.submit(self._case())
        other = self._new_user("machine2", "base.group_user,water_service_desk.group_integration")
        other.water_channel_ids = self._channel("app")
        theirs = self.api.with_user(other)
        with self.assertRaises(MissingError):
            theirs.status("wx-1")
        for call in (
            lambda: theirs.append("wx-1", "x"),
            lambda: theirs.confirm("wx-1"),
            lambda: theirs.contest("wx-1", "x"),
        ):
            with self.assertRaises(MissingError):
                call()
        with self.assertRaises(FilingError):
            theirs.status("wx-1", channel="WECHAT")
        second = theirs.submit(self._case())
        self.assertNotEqual(first["number"], second["number"])

    def test_several_channels_must_be_named(self):
        self.machine.water_channel_ids |= self._channel("app")
        self.assertEqual(self._errors(), {"channel"})
        receipt = self.api.submit(self._case(channel="APP"))
        self.assertEqual(self._inquiry_of(receipt).channel_id, self._channel("app"))
        self.assertEqual(self.api.status("wx-1", "APP")["number"], receipt["number"])

    def test_refused_users(self):
        """Only an integration with a channel."""
        for login in ("agent", "manager", "department", "plain", "portal1", "su"):
            api = self._as(login, self.env["water.api"])
            with self.subTest(login), self.assertRaises(AccessError):
                api.categories()
        self.machine.water_channel_ids = False
        with self.assertRaises(AccessError):
            self.api.submit(self._case())

    def test_wrong_input_field_by_field(self):
        self.assertEqual(self._errors(external_id=""), {"external_id"})
        self.assertEqual(self._errors(external_id=7), {"external_id"})
        self.assertEqual(self._errors(kind="praise"), {"kind"})
        self.assertEqual(self._errors(category="XX99"), {"category"})
        self.assertEqual(self._errors(description=""), {"description"})
        self.assertEqual(self._errors(customer={"phone": "12"}), {"customer.phone"})
        self.assertEqual(self._errors(customer={"name": "x"}), {"customer.phone"})
        self.assertEqual(self._errors(customer=[1]), {"customer"})
        self.assertEqual(self._errors(customer={"id": 1}), {"customer"})
        self.assertEqual(self._errors(partner_id=1), {"case"})
        self.assertEqual(self._errors(anonymous="yes"), {"anonymous"})
        self.assertEqual(self._errors(due_at="2026-04-01 10:00"), {"due_at"})
        self.assertEqual(self._errors(files=[{"name": "a.png", "content": "%%"}]), {"files"})
        self.assertFalse(self.env["water.api.entry"].search_count([]))

    def test_mail_instead_of_telephone(self):
        receipt = self.api.submit(self._case(customer={"email": "wang@example.com"}))
        self.assertEqual(self._inquiry_of(receipt).email_from, "wang@example.com")
        receipt = self.api.submit(self._case(external_id="n", customer={}, anonymous=True))
        self.assertTrue(self._inquiry_of(receipt).is_anonymous)

    def test_language_of_the_customer(self):
        """A machine says it, or the company's holds; that of the machine's own calls is another."""
        customer = {"phone": "13700001111"}
        for number, text, lang in (
            ("l-1", "en", "en_US"),
            ("l-2", "en-US", "en_US"),
            ("l-3", "zh", "zh_CN"),
            ("l-4", "", self.company.partner_id.lang),
        ):
            told = {**customer, "language": text}
            receipt = self.api.submit(self._case(external_id=number, customer=told))
            with self.subTest(text):
                self.assertEqual(self._inquiry_of(receipt)._customer_lang(), lang)
        for text in ("xx", "e", "zh_TW", "_"):
            with self.subTest(text):
                wrong = self._errors(customer={**customer, "language": text})
                self.assertEqual(wrong, {"customer.language"})
        self.api.submit(
            self._case(
                external_id="l-5", customer={**customer, "reference": "o-1", "language": "en"}
            )
        )
        known = self.env["water.api.customer"].search([("reference", "=", "o-1")])
        self.assertEqual(known.partner_id.lang, "en_US")

    def test_customer_by_account_and_telephone(self):
        """Both together identify the person; one alone, or another's number, does not."""
        who = {"account_number": "A-77", "phone": "138 1234 5678"}
        case = self._inquiry_of(self.api.submit(self._case(customer=who)))
        self.assertEqual((case.partner_id, case.account_id), (self.customer, self.account))
        wrong = {"account_number": "A-77", "phone": "13987654321"}
        self.assertEqual(self._errors(external_id="2", customer=wrong), {"customer.account_number"})
        alone = {"phone": "13812345678"}
        case = self._inquiry_of(self.api.submit(self._case(external_id="3", customer=alone)))
        self.assertFalse(case.partner_id)

    def test_customer_by_reference(self):
        """A reference is created once and leads to the same customer; others cannot take it."""
        who = {"reference": "openid-1", "name": "王芳", "phone": "13700001111"}
        first = self._inquiry_of(self.api.submit(self._case(customer=who)))
        again = {"reference": "openid-1", "phone": "13700002222"}
        second = self._inquiry_of(self.api.submit(self._case(external_id="2", customer=again)))
        self.assertTrue(first.partner_id)
        self.assertEqual(first.partner_id, second.partner_id)
        self.assertEqual(first.partner_id.phone, "13700001111")
        taken = {"reference": "openid-1", "account_number": "A-77", "phone": "13812345678"}
        self.assertEqual(self._errors(external_id="3", customer=taken), {"customer.reference"})
        bound = {"reference": "openid-2", "account_number": "A-77", "phone": "13812345678"}
        third = self._inquiry_of(self.api.submit(self._case(external_id="4", customer=bound)))
        later = {"reference": "openid-2", "phone": "13812345678"}
        fourth = self._inquiry_of(self.api.submit(self._case(external_id="5", customer=later)))
        self.assertEqual(third.partner_id, self.customer)
        self.assertEqual(fourth.partner_id, self.customer)

    def test_nameless(self):
        """Anonymous people are not stored, no matter what the app knows."""
        people, known = self.env["res.partner"], self.env["water.api.customer"]
        before = people.search_count([])
        who = {"reference": "openid-9", "name": "王芳", "phone": "13700001111"}
        case = self._inquiry_of(self.api.submit(self._case(customer=who, anonymous=True)))
        self.assertFalse(case.partner_id or case.contact_name)
        self.assertEqual(people.search_count([]), before)
        self.assertFalse(known.search([("reference", "=", "openid-9")]))

    def test_files(self):
        """Files are judged as in the portal, kept with the case and shown to the customer."""
        good = {"name": "水表.png", "content": base64.b64encode(PNG).decode()}
        bad = {"name": "x.png", "content": base64.b64encode(b"MZ\x90\x00" * 20).decode()}
        self.assertEqual(self._errors(files=[good, bad]), {"files"})
        case = self._inquiry_of(self.api.submit(self._case(files=[good])))
        self.assertEqual(case.published_attachment_ids.mapped("name"), ["水表.png"])
        self.assertEqual(case.published_attachment_ids.raw, PNG)

    def test_batch(self):
        """Each row wholly or not at all; a wrong one does not stop the others."""
        cases = [self._case(external_id="1"), {"kind": 3}, "x", self._case(external_id="1")]
        cases.append(self._case(external_id="2", category="XX99"))
        rows = self.api.submit_batch(cases)
        self.assertEqual(
            [row["result"] for row in rows], ["created", "error", "error", "known", "error"]
        )
        self.assertEqual(rows[0]["number"], rows[3]["number"])
        self.assertEqual(set(rows[4]["errors"]), {"category"})
        self.assertEqual(self.env["water.api.entry"].search_count([]), 1)
        for wrong in ([], "x", None, [self._case()] * 101):
            with self.assertRaises(FilingError):
                self.api.submit_batch(wrong)

    def test_guesses_in_one_batch(self):
        """Each wrong telephone of an account counts as a call; above the limit none is tried."""
        counted, calls = [], self.env.registry["water.api.call"]

        def check(_calls):
            if len(counted) >= 10:
                raise TooManyError("x")

        phones = [f"1381234{number:04}" for number in range(20)] + ["13812345678"]
        cases = [
            self._case(
                external_id=str(number),
                customer={"account_number": "A-77", "phone": phone, "name": "x"},
            )
            for number, phone in enumerate(phones)
        ]
        with (
            patch.object(calls, "_count", lambda _calls, method: counted.append(method)),
            patch.object(calls, "_check_limit", check),
        ):
            rows = self.api.submit_batch(cases)
        self.assertEqual({row["result"] for row in rows}, {"error"})
        self.assertEqual(sum("customer.account_number" in row["errors"] for row in rows), 9)
        self.assertEqual(counted, ["submit_batch"] + ["account"] * 9)
        self.assertFalse(self.env["water.api.entry"].search_count([]))
        self.assertEqual(self.api.submit_batch(cases[-1:])[0]["result"], "created")

    def test_status_tells_nothing_internal(self):
        """State, promise and what the customer was told; no notes, no names of the staff."""
        case = self._inquiry_of(self.api.submit(self._case()))
        self._as("agent", case).action_take()
        self._as("agent", case).message_post(body="internal: 王芳 is difficult")
        self._as("agent", case).answer = "第二阶梯从220立方米起。"
        status = self.api.status("wx-1")
        self.assertEqual(status["answer"], "")
        self.assertNotIn("difficult", str(status))
        self.assertNotIn(self.users["agent"].name, str(status))
        self.assertNotIn("13700001111", str(status))
        self._as("agent", case).action_answer()
        status = self.api.status("wx-1")
        self.assertEqual((status["state"], status["answer"]), ("answered", case.answer))
        able = {name for name, can in status["can"].items() if can}
        self.assertEqual(able, {"append", "confirm", "contest"})

    def test_append(self):
        """An addition is kept once under its number, as the customer's words."""
        case = self._inquiry_of(self.api.submit(self._case()))
        self.api.append("wx-1", "还有一张照片", message_id="m1")
        self.api.append("wx-1", "还有一张照片", message_id="m1")
        self.assertEqual(self._kinds(case).count("customer_message"), 1)
        with self.assertRaises(FilingError) as caught:
            self.api.append("wx-1", "")
        self.assertEqual(set(caught.exception.errors), {"message"})
        with self.assertRaises(FilingError):
            self.api.append("wx-1", 5)
        self._as("agent", case).action_withdraw()
        with self.assertRaises(WrongStateError):
            self.api.append("wx-1", "x")

    def test_confirm_and_contest(self):
        case = self._inquiry_of(self.api.submit(self._case()))
        with self.assertRaises(WrongStateError):
            self.api.confirm("wx-1")
        self._as("agent", case).answer = "x"
        self._as("agent", case).action_answer()
        with self.assertRaises(FilingError):
            self.api.contest("wx-1")
        self.assertEqual(self.api.contest("wx-1", "第三阶梯呢？")["state"], "processing")
        self._as("agent", case).action_answer()
        self.assertEqual(self.api.confirm("wx-1")["state"], "closed")

    def test_hotline_orders(self):
        """A forwarding body's case is an order with its limit, answered to the body later."""
        self.machine.water_channel_ids = self._channel("hotline12345")
        case = self._case(external_id="12345-9", due_at="2026-03-13T10:00:00+08:00")
        order = self._inquiry_of(self.api.submit(case))
        self.assertEqual((order.external_ref, order.external_state), ("12345-9", "open"))
        self.assertLocal(order.external_due_at, "2026-03-13 10:00")

    def test_limit_of_calls(self):
        """Failed calls count too; a minute later there is room again."""
        self.company.water_api_limit = 3
        self.api.categories()
        for _call in range(2):
            try:  # "assertRaises" would take the counting back
                self.api.status("nothing")
            except MissingError:
                continue
            self.fail("it was found")
        with self.assertRaises(TooManyError) as caught:
            self.api.categories()
        self.assertEqual(caught.exception.http_status, 429)
        self.env["water.api.call"].search([]).write({"at": "2026-03-11 01:58:00"})
        self.env.flush_all()
        self.assertTrue(self.api.categories())

    def test_categories(self):
        rows = self.api.categories("inquiry")
        self.assertIn("GN", [row["code"] for row in rows])
        self.assertEqual({row["kind"] for row in rows}, {"inquiry"})
        for wrong in ("x", 5, []):
            with self.assertRaises(FilingError):
                self.api.categories(wrong)

    def test_questions_of_a_category(self):
        """Listed with it, answered by words or number, kept below the customer's own words."""
        gn = self._category("gn")
        gn.public_questions = "Since when? | Today | For days\nWhich bill?"
        row = next(row for row in self.api.categories("inquiry") if row["code"] == "GN")
        self.assertEqual([ask["name"] for ask in row["questions"]], ["answer_0", "answer_1"])
        self.assertEqual(row["questions"][0]["choices"], ["Today", "For days"])
        answers = {"answer_0": "2", "answer_1": "十月"}
        case = self._inquiry_of(self.api.submit(self._case(answers=answers)))
        self.assertIn("Since when? For days\nWhich bill? 十月", case.description)
        self.assertNotIn("Since when", case.verbatim)
        for wrong, name in (
            ({"answer_0": "tomorrow"}, "answers.answer_0"),
            ({"answer_1": 5}, "answers.answer_1"),
            ({"answer_1": "x" * 201}, "answers.answer_1"),
            ({"answer_2": "x"}, "answers"),
            ({"phone": "110"}, "answers"),
            (["x"], "answers"),
        ):
            with self.subTest(wrong=wrong):
                self.assertEqual(self._errors(external_id="wx-2", answers=wrong), {name})

    def test_strange_values_are_refused_not_broken(self):
        """Any JSON value is answered as invalid input."""
        strange = (
            None,
            True,
            0,
            -1,
            1e300,
            "",
            "\x00",
            "\ud800",
            [],
            [{}],
            {},
            {"a": 1},
            "x" * 20000,
        )
        for value in strange:
            for call in (
                lambda v: self.api.submit(v),
                lambda v: self.api.submit(self._case(external_id=v)),
                lambda v: self.api.submit(self._case(channel=v, external_id="")),
                lambda v: self.api.submit(self._case(customer={"reference": v, "phone": v})),
                lambda v: self.api.submit(self._case(files=v, description="")),
                lambda v: self.api.status(v),
                lambda v: self.api.status("wx-1", v),
                lambda v: self.api.append("wx-1", v),
                lambda v: self.api.confirm("wx-1", v),
                lambda v: self.api.contest("wx-1", v),
            ):
                with self.subTest(value=value), self.env.cr.savepoint() as savepoint:
                    with contextlib.suppress(UserError):
                        call(value)
                    savepoint.rollback()
