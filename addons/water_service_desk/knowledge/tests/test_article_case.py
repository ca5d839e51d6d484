"""Knowledge at work: articles cited in cases, canned answers filled with their facts."""

from markupsafe import Markup

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, Form, tagged

from ...base.tests import acts
from ...base.tests.common import in_words
from ...base.tests.doors import Sent
from ..placeholders import fill_in
from .common import ArticleCase


@tagged("post_install", "-at_install")
class TestPlaceholders(BaseCase):
    def test_fill_in(self):
        facts = {"number": "ZX1", "customer": "<b>"}
        for text, filled in (
            ("{编号} {number} { 编号 }", "ZX1 ZX1 ZX1"),
            ("{客户}", "<b>"),
            ("{promised} {unknown} {} {{", "{promised} {unknown} {} {{"),
            ("", ""),
        ):
            self.assertEqual(fill_in(text, facts), filled)
        html = fill_in(Markup("<p>{客户}</p>"), facts)
        self.assertEqual((html, type(html)), ("<p>&lt;b&gt;</p>", Markup))


@tagged("post_install", "-at_install")
class TestArticleCase(ArticleCase):
    def setUp(self):
        super().setUp()
        self.article = self._article()

    def _uses(self, case):
        case.invalidate_recordset()
        return [(use.article_id, use.how) for use in case.article_use_ids.sorted("id")]

    def test_cited_at_registration(self):
        case = self._inquiry(article_id=self.article.id)
        self.assertEqual(self._uses(case), [(self.article, "cited")])
        use = case.article_use_ids
        self.assertEqual((use.user_id, use.version_number), (self.users["agent"], 1))
        self.assertEqual(use.at, self._later())

    def test_screen_report(self):
        other = self._article("停水")
        trace = {"suggested": [self.article.id], "opened": [other.id, self.article.id]}
        case = self._inquiry(article_id=self.article.id, article_trace=trace)
        expected = [(self.article, "opened"), (other, "opened"), (self.article, "suggested")]
        self.assertCountEqual(self._uses(case), expected)

    def test_each_citation_counts_once(self):
        case = self._as("agent", self._inquiry())
        case.article_id = self.article
        case.write({"article_id": self.article.id, "answer": "好"})
        self.assertEqual(self._uses(case), [(self.article, "cited")])
        self.article.invalidate_recordset()
        self.assertEqual(self.article.use_count, 1)
        self.assertEqual(case.article_use_count, 1)
        self.assertEqual(case.action_open_articles()["res_model"], "water.article.use")

    def test_nonsense_from_a_client(self):
        draft = self._article(publish=False)
        for trace in (
            "x",
            [1],
            {"opened": "x"},
            {"opened": [draft.id, -1, "x", 2**40, None]},
            {"suggested": 1},
        ):
            with self.subTest(trace=trace):
                self.assertFalse(self._uses(self._inquiry(article_trace=trace)))
        with self.assertRaisesRegex(AccessError, "you cannot see"):
            cases = self._as("agent", self.env["water.inquiry"])
            Sent(cases).create(self._inquiry_values(article_id=draft.id))

    def test_invalid_standard_is_not_cited(self):
        """It can be read, but not used in answers; earlier citations stay."""
        case = self._inquiry(article_id=self.article.id)
        for values in ({"valid_to": "2026-03-10"}, {"valid_to": False, "valid_from": "2026-03-12"}):
            self.article.write(values)
            with self.assertRaisesRegex(UserError, "in force"):
                self._inquiry(article_id=self.article.id)
            with self.assertRaisesRegex(UserError, "in force"):
                self._as("agent", self._inquiry()).article_id = self.article
            self._as("agent", case).answer = "好"
            self._as("agent", self.article).action_read([case._name, case.id])
        found = [(self.article, "cited"), (self.article, "opened"), (self.article, "opened")]
        self.assertCountEqual(self._uses(case), found)

    def test_every_kind_of_case(self):
        values = self._request_values(article_id=self.article.id)
        case = self._as("agent", self.env["water.request"]).create(values)
        self.assertEqual(self._uses(case), [(self.article, "cited")])

    def test_department_cites_nothing_in_the_desks_name(self):
        case = self._inquiry()
        self._dispatch(case)
        with self.assertRaises(AccessError):
            self._as("department", case).article_id = self.article

    def test_reading_beside_a_case_is_kept(self):
        case = self._inquiry()
        action = self._as("agent", self.article).action_read([case._name, case.id])
        self.assertEqual((action["res_id"], action["target"]), (self.article.id, "new"))
        self.assertEqual(self._uses(case), [(self.article, "opened")])
        self._as("agent", self.article).action_read()
        self._as("agent", self.article).action_read(["res.users", 1])
        self.assertEqual(len(self._uses(case)), 1)
        with self.assertRaises(AccessError):  # never sent to that department
            self._as("department2", self.article).action_read([case._name, case.id])

    def test_uses_are_written_by_the_system_alone(self):
        use = self._inquiry(article_id=self.article.id).article_use_ids
        for call in (
            lambda: use.write({"how": "opened"}),
            use.unlink,
            lambda: use.copy(),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_cost_of_registering_does_not_grow(self):
        """Cases without an article have no extra cost."""
        values = [self._inquiry_values() for __ in range(10)]
        model = self._as("agent", self.env["water.inquiry"])
        model.create(self._inquiry_values())
        before = self.env.cr.sql_log_count
        model.create(values)
        self.env.flush_all()
        plain = self.env.cr.sql_log_count - before
        self.assertLessEqual(plain, 60)

    # -- the pick-up screen and the dialogs --------------------------------------------------

    def test_answered_on_the_phone_with_an_article(self):
        call = self._as("agent", self.env["water.call"]).create(
            {
                "query": "13812345678",
                "verbatim": "水是黄的",
                "category_id": self._category("gn").id,
                "answer": self.article.customer_text,
                "article_id": self.article.id,
                "article_trace": {"suggested": [self.article.id]},
            }
        )
        call.action_answer_and_close()
        case = acts.case_of(call)
        self.assertEqual((case.state, case.article_id), ("closed", self.article))
        self.assertTrue(case.resolved_on_first_contact)
        self.assertEqual(self._uses(case), [(self.article, "suggested")])

    def test_chosen_on_the_form(self):
        with Form(self._as("agent", self.env["water.inquiry"])) as form:
            form.subject = form.description = "水是黄的"
            form.channel_id = self._channel("phone")
            form.category_id = self._category("gn")
            form.partner_id = self.customer
            form.article_id = self.article
        self.assertEqual(self._uses(form.record), [(self.article, "cited")])

    # -- canned answers ----------------------------------------------------------------------

    def _block(self, text, **values):
        groups = self.env.ref("water_service_desk.group_agent").ids
        return self._as("supervisor", self.env["mail.canned.response"]).create(
            {
                "source": "测试",
                "substitution": text,
                "water_offered": True,
                "group_ids": [(6, 0, groups)],
                **values,
            }
        )

    def _offered(self, **values):
        found = self._as("agent", self.env["water.article"]).suggest("水", **values)
        return [block["text"] for block in found["blocks"]]

    def test_blocks_by_category_and_language(self):
        self.env["mail.canned.response"].search([]).water_offered = False
        bills, quality = self._category("bl"), self._category("wq")
        for text, values in (
            ("all", {}),
            ("bills", {"water_category_ids": bills.ids}),
            ("quality", {"water_category_ids": quality.ids}),
            ("english", {"water_lang": "en_US"}),
            ("chinese", {"water_lang": "zh_CN"}),
            ("elsewhere", {"water_offered": False}),
        ):
            self._block(text, **values)
        self.customer.lang = "en_US"
        found = self._offered(partner_id=self.customer.id, category_id=self._category("bl03").id)
        self.assertEqual(found[0], "bills")
        self.assertCountEqual(found, ["bills", "all", "english"])

    def test_facts_of_a_saved_case(self):
        self._block("{编号} {customer}")
        case = self._inquiry()
        self.assertIn(f"{case.name} 张伟", self._offered(case=[case._name, case.id]))
        self.assertIn("{编号} {customer}", self._offered())

    def test_facts_are_filled_in_when_saved(self):
        """In the language of the customer."""
        for lang, word in (("zh_CN", "2026年"), ("en_US", "2026")):
            self.customer.lang = lang
            case = self._inquiry(answer="{编号}，{承诺时间}前 {nonsense}")
            self.assertTrue(case.answer.startswith(f"{case.name}，"))
            self.assertIn(word, case.answer)
            self.assertIn("{nonsense}", case.answer)
            promised = in_words(case.promised_at, lang)
            self.assertIn(promised, case.answer)
        self._as("agent", case).answer = "打{热线}"
        self.company.water_hotline = "96390"
        self._as("agent", case).answer = "打{热线}"
        self.assertEqual(case.answer, "打96390")

    def test_facts_are_filled_in_in_the_chatter(self):
        case = self._inquiry()
        self.customer.name = "<i>张"
        message = self._as("agent", case).message_post(
            body=Markup("<p>{编号}</p>"), message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self.assertIn(case.name, message.body)
        message = case.message_post(body="{编号}", message_type="email")
        self.assertIn("{编号}", message.body)

    def test_department_learns_no_name_by_a_text(self):
        case = self._inquiry()
        self._dispatch(case)
        self._as("department", case).answer = "{客户}"
        self.assertNotIn("张伟", case.answer)
