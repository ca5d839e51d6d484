"""Articles are found by the typed words, in Chinese and English, at any size of the library."""

from odoo.exceptions import AccessError
from odoo.tests import BaseCase, tagged

from ..search_terms import search_terms
from .common import ArticleCase


@tagged("post_install", "-at_install")
class TestSearchTerms(BaseCase):
    def test_terms(self):
        for text, terms in (
            ("水质发黄", ["水质", "质发", "发黄"]),
            ("水", ["水:*"]),
            ("E-invoice 怎么开", ["invoice:*"]),
            ("水黄怎么办", ["水黄"]),
            ("ＡＰＰ缴费", ["app:*", "缴费"]),
            ("请问怎么办理过户", ["办理", "理过", "过户"]),
            ("10002345", ["10002345:*"]),
            ("a & b | !c:*' \\ <->", ["a:*", "b:*", "c:*"]),
            ("过户，过户", ["过户"]),
            ("", []),
            (None, []),
        ):
            with self.subTest(text=text):
                self.assertEqual(search_terms(text), terms)

    def test_a_long_talk_is_bounded(self):
        self.assertLessEqual(
            len(search_terms("供水公司" * 1000 + "".join(map(chr, range(0x4E00, 0x5E00))))), 60
        )


@tagged("post_install", "-at_install")
class TestArticleSearch(ArticleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.yellow = cls._article("水质发黄怎么办", keywords="黄水 铁锈水 浑水")
        cls.transfer = cls._article("水表过户需要什么材料", keywords="更名 二手房")
        cls.fast = cls._article("水表走得快怎么办", body="<p>先看是否<b>表后</b>漏水</p>")
        for article, name, words in (
            (cls.yellow, "What to do when the water is yellow", "brown rusty"),
            (cls.transfer, "Transferring an account", "new owner"),
            (cls.fast, "The meter runs too fast", "accuracy"),
        ):
            article.update_field_translations("name", {"en_US": name, "zh_CN": article.name})
            said = {"en_US": words, "zh_CN": article.keywords or "不准"}
            article.update_field_translations("keywords", said)

    def _found(self, text, login="agent"):
        mine = self._as(login, self.env["water.article"])
        return mine.search([("content", "ilike", text)]).with_env(self.env)

    def test_found_in_both_languages_at_once(self):
        """For any language of the reader."""
        for lang in ("zh_CN", "en_US"):
            mine = self.env["water.article"].with_context(lang=lang)
            for text, article in (
                ("家里水发黄能不能喝", self.yellow),
                ("brown water since yesterday", self.yellow),
                ("铁锈", self.yellow),
                ("二手房过户", self.transfer),
                ("transfer", self.transfer),
                ("accounts", self.transfer),
                ("my meter is fast 水表", self.fast),
            ):
                with self.subTest(lang=lang, text=text):
                    best = mine._best(text, self.env["water.category"])
                    self.assertEqual(best[:1], article)

    def test_parts_of_words(self):
        for text, article in (
            ("发黄", self.yellow),
            ("过", self.transfer),
            ("transf", self.transfer),
        ):
            with self.subTest(text=text):
                self.assertEqual(self._found(text), article)

    def test_text_inside_is_found_without_its_tags(self):
        self.assertEqual(self._found("表后漏水"), self.fast)
        self.assertFalse(self._found("strong"))

    def test_all_words_must_be_there(self):
        self.assertEqual(self._found("水表"), self.transfer | self.fast)
        self.assertEqual(self._found("水表 材料"), self.transfer)
        self.assertFalse(self._found("水表 黄水"))

    def test_title_before_keywords_before_text(self):
        text = self._article("防冻", customer_text="冬季请注意二次供水水箱")
        keyword = self._article("清洗", keywords="水箱")
        title = self._article("水箱多久清洗一次")
        self.assertEqual(self._found("水箱"), title + keyword + text)
        self.assertEqual(self._found("水箱").ids, (title + keyword + text).ids)
        found = self._suggested("水箱")
        self.assertEqual(found, [title.name, keyword.name, text.name])

    def test_signs_of_the_query_language_are_plain_text(self):
        for text in ("'", "\\", ":*", "&|!()", "<->", "%", "_", "''''", "水'; DROP TABLE"):
            with self.subTest(text=text):
                self._found(text)
                self._suggested(text)

    def test_edits_are_found_at_once(self):
        self.assertFalse(self._found("消防栓"))
        self.transfer.customer_text = "消防栓不在此列"
        self.assertEqual(self._found("消防栓"), self.transfer)

    def test_category_counts(self):
        """Its articles are offered without a word typed, and before others with the same words."""
        tariff = self._article("阶梯", category_ids=[(6, 0, self._category("bl").ids)])
        other = self._article("阶梯")
        bl03 = self._category("bl03").id
        self.assertEqual(self._suggested(category_id=bl03), [tariff.name])
        best = self.env["water.article"]._best("阶梯", self._category("bl03"))
        self.assertEqual(best.ids, (tariff + other).ids)

    def test_only_what_holds_today(self):
        self._article("停水草稿", publish=False)
        self._article("停水旧闻", valid_to="2026-03-10")
        self._article("停水将来", valid_from="2026-03-12")
        now = self._article("停水今日", valid_from="2026-03-11", valid_to="2026-03-11")
        self.assertEqual(self._suggested("停水"), [now.name])

    def test_answer_is_in_the_customers_language(self):
        said = {"en_US": "Let it run.", "zh_CN": "请放水五分钟。"}
        self.yellow.update_field_translations("customer_text", said)
        for lang, answer in (("en_US", "Let it run."), ("zh_CN", "请放水五分钟。")):
            self.customer.lang = lang
            mine = self._as("agent", self.env["water.article"])
            found = mine.suggest("发黄", partner_id=self.customer.id)
            self.assertEqual(found["articles"][0]["answer"], answer)

    def test_agents_only(self):
        for login in ("department", "quality", "integration", "plain", "portal1"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._suggested("水", login=login)

    def test_nonsense_from_a_client(self):
        for values in (
            {"text": 7},
            {"text": ["x"], "category_id": "x"},
            {"text": "水表", "partner_id": 2**40},
            {"text": "水表", "category_id": -1, "case": "x"},
            {"text": "水表", "case": ["res.users", 1]},
        ):
            with self.subTest(values=values):
                self._suggested(**values)

    def test_queries(self):
        """As many for five articles as for one."""
        mine = self._as("agent", self.env["water.article"])
        counts = []
        for __ in range(2):
            for text in ("过户", "水"):  # the first round warms permanent caches
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                mine.suggest(text, self._category("gn").id, self.customer.id)
                counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[2], counts[3])
        self.assertLessEqual(counts[3], 13)


@tagged("post_install", "-at_install")
class TestArticleIndex(ArticleCase):
    """The index is used, at ten thousand articles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute(
            """
            INSERT INTO water_article
                (name, keywords, customer_text, code, active, is_published, owner_id, review_months,
                 review_on)
            SELECT jsonb_build_object('en_US', chr(19968 + n %% 5000) || chr(20100 + n %% 4999)),
                   jsonb_build_object('en_US', 'word' || n),
                   jsonb_build_object('en_US', chr(21000 + n %% 4000) || chr(22000 + n %% 3000)),
                   'X' || n, true, true, %s, 6, '2099-01-01'
              FROM generate_series(1, 10000) AS n
            """,
            [cls.owner.id],
        )
        cls._article("水质发黄怎么办", keywords="铁锈水")
        cls.env.cr.execute("ANALYZE water_article")

    def _plan(self, call):
        with self.assertLogs("odoo.sql_db", "DEBUG") as log:
            call()
        statements = [line.partition("query: ")[2] for line in log.output if "search_" in line]
        self.env.cr.execute(f"EXPLAIN {statements[-1]}")
        return "\n".join(row[0] for row in self.env.cr.fetchall())

    def test_suggestions(self):
        mine = self._as("agent", self.env["water.article"])
        plan = self._plan(lambda: mine._best("水质发黄 rusty", self._category("gn")))
        self.assertIn("water_article_search_head_idx", plan)
        self.assertNotIn("Seq Scan on water_article ", plan)
        self.assertEqual(self._suggested("水质发黄"), ["水质发黄怎么办"])

    def test_search(self):
        mine = self._as("agent", self.env["water.article"])
        plan = self._plan(lambda: mine.search([("content", "ilike", "铁锈水")]).ids)
        self.assertIn("water_article_search_all_idx", plan)
        self.assertNotIn("Seq Scan on water_article ", plan)
