from odoo.tests import HttpCase, tagged

from ...intake.filing import FilingError
from .common import ApiCommon

#: A refusal as it begins in each language.
WORDS = {"zh_CN": "请给出该工单在贵方的编号", "en_US": "Give the number that the case has"}


@tagged("post_install", "-at_install")
class TestApiSpoken(ApiCommon, HttpCase):
    """Language and status of HTTP answers to machines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")

    def setUp(self):
        super().setUp()
        keys = self.env["res.users.apikeys"].with_user(self.machine).sudo()
        self.key = keys._generate("rpc", "x", None)

    def _call(self, path, language, **values):
        headers = {"Authorization": f"bearer {self.key}", "Accept-Language": language}
        return self.url_open(f"/json/2/{path}", json=values, headers=headers)

    def test_in_the_language_that_is_asked_for(self):
        """By the header, else by the machine's user; the body precedes both."""
        for header, own, body, told in (
            ("zh-CN,zh;q=0.9", "en_US", {}, "zh_CN"),
            ("en-US", "zh_CN", {}, "en_US"),
            ("fr", "zh_CN", {}, "zh_CN"),
            ("zh-CN", "zh_CN", {"context": {"lang": "en_US"}}, "en_US"),
            ("zh-CN", "en_US", {"context": {"tz": "Europe/Berlin"}}, "zh_CN"),
        ):
            self.machine.lang = own
            answer = self._call("water.api/submit", header, case={}, **body)
            with self.subTest(header, own=own, body=body):
                self.assertIn(WORDS[told], answer.json()["message"])

    def test_unknown_argument(self):
        """It is named, in the requested language."""
        for header, told in (("zh-CN", "接口没有这个参数"), ("en-US", "knows no such argument")):
            answer = self._call("water.api/submit", header, nonsense=1)
            with self.subTest(header):
                self.assertEqual(answer.status_code, 422)
                self.assertIn(told, answer.json()["context"]["errors"]["nonsense"])
        for path, values in (("water.api/nothing", {"a": 1}), ("water.nothing/submit", {})):
            self.assertEqual(self._call(path, "zh-CN", **values).status_code, 404)

    def test_names_in_the_language_that_is_asked_for(self):
        category = self._category("gn")
        category.with_context(lang="zh_CN").public_name = "其他咨询"
        category.with_context(lang="en_US").public_name = "Other questions"
        for header, name in (("zh-CN", "其他咨询"), ("en-US", "Other questions")):
            rows = self._call("water.api/categories", header, kind="inquiry").json()
            self.assertIn(("GN", name), [(row["code"], row["name"]) for row in rows])

    def test_orders_count_once(self):
        """They are handed in to the model of their cases, and are answered like the rest."""
        self.machine.water_channel_ids = self._channel("hotline12345")
        answer = self._call("water.inquiry/import_orders", "zh-CN", orders=[{}])
        self.assertEqual(answer.status_code, 200, answer.text[:300])
        self.assertRegex(answer.json()[0]["reason"], "[\u4e00-\u9fff]")
        calls = self.env["water.api.call"].sudo()
        self.assertEqual(calls.search_count([("user_id", "=", self.machine.id)]), 1)

    def test_no_such_address(self):
        answer = self.url_open("/json/2/water.api/submit", headers={"Accept-Language": "zh-CN"})
        self.assertEqual(answer.status_code, 404)


@tagged("post_install", "-at_install")
class TestApiLengths(ApiCommon):
    def _refused(self, work):
        with self.assertRaises(FilingError) as refused:
            work()
        return refused.exception

    def test_limits_of_the_form(self):
        """Answered at once, by the present limit: no double shortening."""
        case = {
            "external_id": "wx-9",
            "kind": "request",
            "category": "LK04",
            "description": "水" * 12000,
            "address": "水" * 12000,
            "customer": {"phone": "13700001111"},
        }
        errors = self._refused(lambda: self.api.submit(case)).errors
        told = {name: text.split(" to ")[1] for name, text in errors.items()}
        limits = {"description": "5000 characters.", "address": "300 characters."}
        self.assertEqual(told, limits)

    def test_search_terms(self):
        for ask in (self.api.articles, self.api.guides):
            for wrong in (1, ["x"], {"a": 1}, True):
                with self.subTest(wrong):
                    refused = self._refused(lambda ask=ask, wrong=wrong: ask(wrong))
                    self.assertEqual(refused.errors, {"query": "Send a text."})
            self.assertEqual(ask(), ask(""))
