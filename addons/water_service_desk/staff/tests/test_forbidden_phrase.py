from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, TransactionCase, tagged

from ...base import phrases
from ...base.tests.common import WaterCommon, WaterPeople


@tagged("post_install", "-at_install")
class TestPhrases(TransactionCase):
    """The matcher, without records."""

    def _found(self, text, *listed):
        return phrases.found(phrases.compiled(list(listed)), text)

    def test_plain_words(self):
        self.assertEqual(self._found("这个我不知道", "不知道", "急什么"), [0])
        self.assertEqual(self._found("急什么，我不知道", "不知道", "急什么"), [1, 0])
        self.assertEqual(self._found("马上为您核实", "不知道"), [])
        self.assertEqual(self._found("", "不知道"), [])
        self.assertEqual(self._found("不知道"), [])

    def test_star_stays_in_the_sentence(self):
        listed = "这*不归我们管"
        self.assertEqual(self._found("这个事情真的不归我们管", listed), [0])
        self.assertEqual(self._found("这不归我们管", listed), [0])
        self.assertEqual(self._found("我理解这点。物业的管道不归我们管", listed), [])
        self.assertEqual(self._found("这" + "很" * 11 + "不归我们管", listed), [])

    def test_width_and_case(self):
        self.assertEqual(self._found("Ｃａｌｍ Down!", "calm down"), [0])
        self.assertEqual(self._found("calm downstream", "calm down"), [])

    def test_words_of_others_are_left_alone(self):
        for text in (
            "您说的“我不知道”已记录",
            "您说的「我不知道」已记录",
            '您说的"我不知道"已记录',
            "> 客服说我不知道\n已为您核实",
        ):
            with self.subTest(text=text):
                self.assertEqual(self._found(text, "不知道"), [])
        self.assertEqual(self._found("您问“怎么办”，我不知道", "不知道"), [0])

    def test_overlapping_phrases_are_all_found(self):
        self.assertEqual(set(self._found("我也不知道了", "我也不知道", "不知道了")), {0, 1})

    def test_workable(self):
        for phrase, good in (
            ("不知道", True),
            ("这*管", True),
            ("***", False),
            ("嗯", False),
            ("*嗯*", False),
            ("a*b*c*d*e", False),
            ("a＊b＊c＊d＊e", False),
        ):
            with self.subTest(phrase=phrase):
                self.assertEqual(phrases.is_workable(phrase), good)


@tagged("post_install", "-at_install")
class TestForbiddenPhrase(WaterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        model = cls.env["water.forbidden.phrase"]
        model.search([]).active = False
        cls.warned = model.create({"name": "试试看吧", "suggestion": "请您试一下"})
        cls.blocked = model.create(
            {"name": "爱办不办", "suggestion": "我来为您办", "severity": "block"}
        )

    def _hits(self, case):
        return self.env["water.phrase.hit"].search([("inquiry_id", "=", case.id)])

    def test_answer_is_warned_of_and_counted(self):
        case = self._inquiry()
        with Form(self._as("agent", case)) as form:
            self.assertFalse(form.wording_advice)
            form.answer = "试试看吧"
            self.assertEqual(form.wording_advice, "“试试看吧” → 请您试一下")
        self._as("agent", case).action_answer_and_close()
        hit = self._hits(case)
        self.assertEqual(
            (hit.phrase_id, hit.user_id, hit.place, hit.name),
            (self.warned, self.users["agent"], "answer", "试试看吧"),
        )
        self.assertEqual(self._as("quality", self.warned).hit_count, 1)
        self.assertEqual(self._as("agent2", self.warned).hit_count, 0)

    def test_blocked_answer_is_not_given(self):
        case = self._inquiry(answer="您爱办不办")
        with self.assertRaisesRegex(UserError, "“爱办不办” → 我来为您办"):
            self._as("agent", case).action_answer_and_close()
        case.invalidate_recordset()
        self.assertEqual(case.state, "registered")

    def test_call_screen_warns(self):
        with Form(self._as("agent", self.env["water.call"])) as form:
            form.answer = "试试看吧"
            self.assertIn("请您试一下", form.wording_advice)

    def test_messages_to_customers_and_notes(self):
        case = self._inquiry()
        mine = self._as("agent", case)
        mine.message_post(
            body="客户说爱办不办", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self.assertFalse(self._hits(case))
        post = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        mine.message_post(body="试试看吧", **post)
        self.assertEqual(self._hits(case).place, "message")
        for sent in (
            post,
            {"message_type": "comment", "subtype_id": self.env.ref("mail.mt_comment").id},
        ):
            with self.subTest(sent=sent), self.assertRaisesRegex(UserError, "not told this"):
                mine.message_post(body="<p>您爱<b>办</b>不办</p>", **sent)

    def test_any_way(self):
        """A message written as a row, of another kind, or sent later is looked at as well."""
        case = self._inquiry()
        mine, comment = self._as("agent", case), self.env.ref("mail.mt_comment")
        about, words = {"model": case._name, "res_id": case.id}, {"body": "您爱办不办"}
        later = {**about, **words, "author_id": mine.env.user.partner_id.id}
        later["scheduled_date"] = "2099-01-01 00:00:00"
        row = {**about, **words, "message_type": "comment", "subtype_id": comment.id}
        kind = {"message_type": "notification", "subtype_id": comment.id}
        named = {"partner_ids": self.customer.ids}
        for call in (
            lambda: mine.message_notify(**words, **named),
            lambda: mine.browse().message_notify(**words, **named, **about),
            lambda: mine.message_post(**words, **named, subtype_xmlid="mail.mt_note"),
            lambda: mine.env["mail.message"].create(row),
            lambda: mine.message_post(**words, **kind),
            lambda: mine.env["mail.scheduled.message"].create(later).post_message(),
        ):
            with self.assertRaisesRegex(UserError, "not told this"), self.env.cr.savepoint():
                call()

    def test_customer_says_what_he_likes(self):
        case = self._inquiry()
        post = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        case.with_user(self.users["portal1"]).sudo().message_post(body="爱办不办", **post)
        self.assertFalse(self._hits(case))

    def test_feedback(self):
        values = self._request_values()
        case = self._as("agent", self.env["water.request"]).create(values)
        self.env["water.forbidden.phrase"].with_user(self.users["agent"])._say(
            case, "试试看吧", "feedback"
        )
        hit = self.env["water.phrase.hit"].search([("request_id", "=", case.id)])
        self.assertEqual(hit.place, "feedback")

    def test_list_is_read_once(self):
        phrase = self.env["water.forbidden.phrase"]
        phrase._find("x")
        with self.assertQueryCount(0):
            for __ in range(50):
                self.assertEqual(phrase._find("试试看吧")[0][0], self.warned.id)
        self.warned.suggestion = "另一种说法"  # a change counts at once
        self.assertEqual(phrase._find("试试看吧")[0][2], "另一种说法")
        self.warned.active = False
        self.assertFalse(phrase._find("试试看吧"))

    def test_ten_thousand_characters_against_the_list(self):
        self.env["water.forbidden.phrase"].create(
            [{"name": f"词语{n}*说{n}", "suggestion": "x"} for n in range(200)]
        )
        text = "词语1说" * 4000 + "爱办不办"
        self.assertEqual(self.env["water.forbidden.phrase"]._find(text)[0][1], "爱办不办")

    def test_bad_phrases_are_refused(self):
        for name in ("**", "x", "a*b*c*d*e"):
            with self.subTest(name=name), self.assertRaises(ValidationError):
                self.warned.name = name

    def test_check_text_for_screens(self):
        phrase = self._as("agent", self.env["water.forbidden.phrase"])
        self.assertEqual(
            phrase.check_text("试试看吧"),
            {"advice": "“试试看吧” → 请您试一下", "is_blocked": False},
        )
        self.assertTrue(phrase.check_text("爱办不办")["is_blocked"])
        for odd in (None, 5, ["爱办不办"], {}):
            self.assertEqual(phrase.check_text(odd), {"advice": "", "is_blocked": False})
        for login in ("plain", "portal1"):
            with self.assertRaises(AccessError):
                self._as(login, self.env["water.forbidden.phrase"]).check_text("x")

    def test_hits_are_kept(self):
        case = self._inquiry(answer="试试看吧")
        self._as("agent", case).action_answer_and_close()
        hit = self._hits(case)
        for login in ("agent", "quality", "manager"):
            for call in (
                lambda mine: mine.write({"name": "x"}),
                lambda mine: mine.unlink(),
                lambda mine: mine.with_context(water_trusted=True).write({"name": "x"}),
                lambda mine: mine.create({"phrase_id": mine.phrase_id.id, "name": "x"}),
            ):
                with self.subTest(login=login), self.assertRaises(AccessError):
                    call(self._as(login, hit))


@tagged("post_install", "-at_install")
class TestWordingTour(WaterPeople, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()

    def test_agent_is_warned_before_sending(self):
        case = self._inquiry(email_from="zhang@example.com")
        self.users["agent"].password = "water_agent"
        self.start_tour(
            f"/odoo/water-inquiries/{case.id}", "water_wording_tour", login="water_agent"
        )
        sent = case.message_ids.filtered(lambda message: message.message_type == "comment")
        self.assertEqual(sent.mapped("preview"), ["我马上为您核实"])
