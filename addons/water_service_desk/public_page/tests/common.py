"""A stranger's browser for the tests: it does its work, fills in forms, reads pages."""

import base64
import json
import re

from altcha import Challenge, solve_challenge

from ...portal.tests.common import PortalCase

REPORT, TRACK, OPENED = "/water/report", "/water/track", "/water/track/case"


def answer_to(challenge):
    """A browser's solution of a challenge, by trying numbers."""
    solution = solve_challenge(Challenge.from_dict(challenge))
    return encoded({"challenge": challenge, "solution": solution.to_dict()})


def encoded(payload):
    return base64.b64encode(json.dumps(payload).encode()).decode()


class PublicCase(PortalCase):
    """Requests of a visitor without an account, in English."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"water_public_work": 1000, "water_hotline": "96510"})
        cls.company.water_public_open = True

    def setUp(self):
        super().setUp()
        self.stranger()

    def stranger(self):
        """A fresh browser."""
        self.authenticate(None, None)
        self.opener.cookies.set("frontend_lang", "en_US")

    def visit(self, url, **options):
        """The answer to a GET, led on to the address of the language."""
        return self.url_open(url, **options)

    def solve(self, form="inquiry"):
        """A solved challenge for one of the forms."""
        return answer_to(self.challenge(form))

    def challenge(self, form="inquiry"):
        return self.get(f"{REPORT}/challenge?form={form}").json()

    def form(self, **values):
        """Values of an inquiry."""
        return {
            "category_id": str(self._category("gn").id),
            "description": "阶梯水价第二档从多少立方米开始？",
            "contact_name": "王芳",
            "phone": "13712345678",
            "email": "wang.fang@example.com",
            **values,
        }

    def check(self, kind="inquiry", files=(), **values):
        """Send the form to be read back."""
        values.setdefault("altcha", self.solve(kind))
        return self.post(f"{REPORT}/{kind}", self.form(**values), files)

    def draft_of(self, response):
        """The token of the read-back page to which the form has led."""
        self.assertStatus(response, 303)
        return re.search(r"/water/report/check/([\w-]+)$", response.headers["Location"])[1]

    def send(self, token):
        return self.post(f"{REPORT}/send", {"draft": token})

    def file(self, kind="inquiry", files=(), **values):
        """File a case; ``(case, number on the page, secret code on the page)``."""
        self.assertLocation(self.send(self.draft_of(self.check(kind, files, **values))), "/done")
        page = self.page(self.visit(f"{REPORT}/done"))
        number, code = page.xpath("//output/text()")
        case = self.env[self.model(kind)].search([("name", "=", number)])
        return case, number, code

    def model(self, kind):
        return f"water.{'request' if kind == 'repair' else kind}"

    def track(self, number, code):
        return self.post(TRACK, {"number": number, "code": code})

    def counts(self):
        """How many cases, drafts and files there are."""
        self.env.invalidate_all()
        names = ("water.inquiry", "water.request", "water.filing.draft", "ir.attachment")
        return [self.env[name].sudo().search_count([]) for name in names]
