"""A customer's browser for the tests: signs in, fills in forms, reads pages."""

import re
from urllib.parse import urlsplit
from uuid import uuid4

from lxml import html

from odoo.http import Request
from odoo.tests import HttpCase, new_test_user

from ...base.tests.common import WaterPeople

#: prefixes that a website puts before paths
LANGUAGE = re.compile(r"^/[a-z]{2}(_[A-Z]{2})?(?=/)")
NEW_INQUIRY = "/my/inquiries/new"


class PortalCase(WaterPeople, HttpCase):
    """Requests of two customers (``portal1``, ``portal2``) and visitors."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()
        # page texts are compared in English, regardless of installed languages
        cls.env["ir.default"].set("res.partner", "lang", "en_US")
        for login in ("portal1", "portal2", "agent"):
            cls.users[login].lang = "en_US"
        accounts = cls.env["water.account"]
        cls.account = accounts.create(
            {"code": "T100001", "partner_id": cls.customer.id, "address": "东城路8号2单元301"}
        )
        cls.account2 = accounts.create(
            {"code": "T100002", "partner_id": cls.customer2.id, "address": "西城路9号"}
        )

    def sign_in(self, login="portal1"):
        """Sign in; a test user's password is the login."""
        self.authenticate(f"water_{login}", f"water_{login}")

    def get(self, url, **options):
        """The answer to a GET; no redirect is followed but one to the visitor's language."""
        answer = self.url_open(url, allow_redirects=False, **options)
        leads_to = urlsplit(answer.headers.get("Location", ""))
        is_language = LANGUAGE.sub("", leads_to.path, count=1) == urlsplit(url).path
        if is_language and leads_to.path != urlsplit(url).path:
            return self.url_open(leads_to.geturl(), allow_redirects=False, **options)
        return answer

    def post(self, url, data=None, files=(), csrf=True):
        """The answer to a POST; of a refused form, which leads back, the page it leads to.

        :param files: ``(name, bytes)`` pairs for the input ``files``
        """
        data = dict(data or {})
        if csrf:
            data["csrf_token"] = Request.csrf_token(self)
        parts = [("files", (name, content)) for name, content in files]
        parts = parts or [("none", ("", b""))]
        answer = self.url_open(url, data=data, files=parts, allow_redirects=False)
        leads_to = answer.headers.get("Location", "")
        return self.get(leads_to) if "again=" in leads_to else answer

    def page(self, response):
        """The parsed page of an answer."""
        return html.fromstring(response.text)

    def text(self, response):
        """The words of the page, in one line."""
        body = self.page(response).find(".//main")
        return " ".join(body.text_content().split())

    def errors(self, response):
        """{field: message} of a refused form."""
        nodes = self.page(response).xpath("//div[starts-with(@id, 'error_')]")
        return {node.get("id")[6:]: " ".join(node.text_content().split()) for node in nodes}

    def assertStatus(self, response, status):
        self.assertEqual(response.status_code, status, response.text[:500])

    def assertLocation(self, response, path):
        """A redirect (303) to ``path``; a language prefix does not matter."""
        self.assertStatus(response, 303)
        self.assertTrue(response.headers["Location"].endswith(path), response.headers["Location"])

    def _key(self):
        return {"submission_key": str(uuid4())}

    def _colleague(self):
        family = self.env["res.partner"].create({"name": "张家公司", "is_company": True})
        self.customer.parent_id = family
        user = new_test_user(self.env, "water_colleague", groups="base.group_portal")
        user.partner_id.parent_id = family
        return user

    def _own_models(self, *modules):
        """Concrete models that the addons bring."""
        return sorted(
            name
            for name, model in self.env.registry.items()
            if model._original_module in modules and not model._abstract
        )

    def assertNothingByRpc(self, names):
        """Customers cannot read these models by remote calls."""
        calls = {
            "search_read": ([], {"domain": [], "fields": ["id"]}),
            "search_count": ([[]], {}),
            "formatted_read_group": ([[]], {"aggregates": ["__count"]}),
            "name_search": ([""], {}),
            "web_search_read": ([[], {"id": {}}], {}),
        }
        self.sign_in()
        for name in names:
            for method, (args, kwargs) in calls.items():
                with self.subTest(model=name, method=method):
                    answer = self._call(name, method, args, kwargs)
                    self.assertIn("error", answer, answer)
                    self.assertIn("AccessError", answer["error"]["data"]["name"])

    def _call(self, model, method, args, kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self.url_open(
            "/web/dataset/call_kw", json={"jsonrpc": "2.0", "method": "call", "params": params}
        ).json()


class InquiryPortalCase(PortalCase):
    """Inquiries that come through the form."""

    def _values(self, **values):
        return {
            "category_id": str(self._category("gn").id),
            "description": "阶梯水价第二档从多少立方米开始？\n谢谢。",
            "phone": "13812345678",
            **self._key(),
            **values,
        }

    def _file(self, login="portal1", **values):
        self.sign_in(login)
        response = self.post(NEW_INQUIRY, self._values(**values))
        self.assertStatus(response, 303)
        return self.env["water.inquiry"].search([], order="id desc", limit=1)

    def _count(self):
        return self.env["water.inquiry"].search_count([])

    def _answered(self):
        case = self._file()
        self._as("agent", case).write({"answer": "每年 220 立方米。"})
        self._as("agent", case).action_answer()
        return case
