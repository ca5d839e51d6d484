"""The public page under pressure: a form sent several times at the same moment is filed once."""

import base64
import hashlib
import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

PRESSES = 6


class Visitor:
    """A browser without an account: it keeps cookies and does its proof of work."""

    def __init__(self, base_url):
        self.base_url = base_url
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def open(self, path, data=None):
        """Return ``(address in the end, text)``; the same for pages that refuse something."""
        body = urllib.parse.urlencode(data).encode() if data else None
        try:
            with self.opener.open(f"{self.base_url}{path}", body, timeout=120) as answer:
                return answer.url, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.url, refusal.read().decode()

    def solve(self):
        challenge = json.loads(self.open("/water/report/challenge")[1])
        number = next(
            number
            for number in range(challenge["maxNumber"] + 1)
            if hashlib.sha256(f"{challenge['salt']}{number}".encode()).hexdigest()
            == challenge["challenge"]
        )
        names = ("algorithm", "challenge", "salt", "signature")
        answer = {name: challenge[name] for name in names} | {"number": number}
        return base64.b64encode(json.dumps(answer).encode()).decode()


def _token(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def test_pressed_many_times_at_once(server, query):
    """Every press leads to the same number, with its file of evidence whole."""
    ((category,),) = query("SELECT id FROM water_category WHERE code = 'GN'")
    visitor = Visitor(server.base_url)
    _url, page = visitor.open(f"/water/report/inquiry?category={category}")
    form = {
        "csrf_token": _token(page),
        "category_id": category,
        "description": "同时点击多次",
        "contact_name": "王芳",
        "phone": "13712345678",
        "altcha": visitor.solve(),
    }
    url, page = visitor.open("/water/report/inquiry", form)
    assert "/water/report/check/" in url, page[:2000]
    press = {"csrf_token": _token(page), "draft": url.rsplit("/", 1)[1]}
    with ThreadPoolExecutor(PRESSES) as presses:
        answers = list(
            presses.map(lambda _i: visitor.open("/water/report/send", press), range(PRESSES))
        )
    cases = query("SELECT name FROM water_inquiry WHERE verbatim = '同时点击多次'")
    assert len(cases) == 1, answers
    assert {url.rsplit("/", 1)[1] for url, _page in answers} == {"done"}
    assert all(cases[0][0] in page for _url, page in answers)
    codes = [re.findall(r"o_water_code[^>]*>([A-Z0-9-]{11})<", page) for _url, page in answers]
    assert any(codes), "nobody has been shown the secret code"
