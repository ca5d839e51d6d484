"""Visitors of the end-to-end tests: a browser without an account, and an integration."""

import base64
import hashlib
import http.cookiejar
import json
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from uuid import uuid4

#: Limits of all doors off, and little work for the browser: other tests are about those.
NO_LIMITS = """
    UPDATE res_company SET water_public_per_source = 0, water_public_per_session = 0,
        water_public_per_phone = 0, water_public_work = 1000, water_api_limit = 0,
        water_track_opens = 0, water_track_actions = 0, water_challenge_per_source = 0,
        water_portal_per_user = 0, water_call_per_user = 0, water_track_attempts = 100
"""
KEY_SCRIPT = """
from datetime import timedelta
from odoo import fields
user = env["res.users"].with_context(no_reset_password=True).create({
    "name": "%(login)s", "login": "%(login)s", "tz": "Asia/Shanghai", "lang": "en_US",
    "group_ids": [(6, 0, [env.ref("base.group_user").id,
                          env.ref("water_service_desk.group_integration").id])]})
user.water_channel_ids = env.ref("water_service_desk.channel_app")
until = fields.Datetime.now() + timedelta(days=1)
key = env["res.users.apikeys"].with_user(user)._generate("rpc", "test", until)
%(more)s
env.cr.commit()
"""


def run_in_shell(stack, database, script):
    """The JSON that a script prints after ``RESULT`` in ``odoo shell``.

    If the server beside it has written the same row, it is run again, as the server would.
    """
    command = [stack["python"], stack["odoo"], "shell", "-c", stack["config"], "-d", database]
    for _attempt in range(3):
        done = subprocess.run(
            [*command, "--no-http", "--log-level=critical"],
            input=script,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if "SerializationFailure" not in done.stderr:
            break
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    assert lines, done.stdout[-2000:] + done.stderr[-3000:]
    return json.loads(lines[0].removeprefix("RESULT "))


def solution_of(facts):
    """The number that gives the derived key, by trying one after the other."""
    nonce, salt = bytes.fromhex(facts["nonce"]), bytes.fromhex(facts["salt"])
    for number in range(facts["data"]["tries"]):
        password = nonce + number.to_bytes(4)
        key = hashlib.pbkdf2_hmac("sha256", password, salt, facts["cost"]).hex()
        if key.startswith(facts["keyPrefix"]):
            return {"counter": number, "derivedKey": key}
    raise AssertionError("the challenge has no solution")


def token(page):
    """The word against forgery in a page."""
    return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]


def multipart(fields, files=()):
    """``(body, content type)`` of a form.

    :param files: ``(field, file name, bytes)``
    """
    border = uuid4().hex
    parts = [(f'name="{name}"', str(value).encode()) for name, value in fields.items()] + [
        (f'name="{name}"; filename="{file}"', content) for name, file, content in files
    ]
    body = b"".join(
        b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n"
        % (border.encode(), head.encode(), content)
        for head, content in parts
    )
    return body + f"--{border}--\r\n".encode(), f"multipart/form-data; boundary={border}"


class _StandStill(urllib.request.HTTPRedirectHandler):
    """Does not follow."""

    def redirect_request(self, *_args):
        return None


class Visitor:
    """A browser without an account: it keeps cookies and does its proof of work."""

    def __init__(self, base_url):
        self.base_url = base_url
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def open(self, path, data=None, files=None):
        """Return ``(address in the end, text)``; the same for pages that refuse something."""
        body, kind = urllib.parse.urlencode(data).encode() if data else None, None
        if files is not None:
            body, kind = multipart(data, files)
        request = urllib.request.Request(f"{self.base_url}{path}", body)
        if kind:
            request.add_header("Content-Type", kind)
        try:
            with self.opener.open(request, timeout=120) as answer:
                return answer.url, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.url, refusal.read().decode()

    def press(self, path, data):
        """Send a form and look where it leads, without going there."""
        opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.jar), _StandStill()
        )
        body = urllib.parse.urlencode(data).encode()
        try:
            with opener.open(f"{self.base_url}{path}", body, timeout=120) as answer:
                return answer.url
        except urllib.error.HTTPError as answer:
            return answer.headers.get("Location") or str(answer.code)

    def solve(self, form="inquiry"):
        """A solved challenge, as a browser hands it in."""
        challenge = json.loads(self.open(f"/water/report/challenge?form={form}")[1])
        answer = {"challenge": challenge, "solution": solution_of(challenge["parameters"])}
        return base64.b64encode(json.dumps(answer).encode()).decode()

    def fill_in(self, category, words, files=()):
        """Fill in the form of an inquiry; returns what the button that sends it presses.

        :param words: ``{field: text}`` besides the category
        """
        _url, page = self.open(f"/water/report/inquiry?category={category}")
        form = {"csrf_token": token(page), "category_id": category, "altcha": self.solve()}
        url, page = self.open("/water/report/inquiry", form | words, files)
        assert "/water/report/check/" in url, " ".join(re.sub("<[^>]*>", " ", page).split())[-1500:]
        return {"csrf_token": token(page), "draft": url.rsplit("/", 1)[1]}


def call_api(base_url, key, database, method, values, model="water.api"):
    """Call the interface: ``(status, answer)``."""
    request = urllib.request.Request(
        f"{base_url}/json/2/{model}/{method}",
        json.dumps(values).encode(),
        {
            "Authorization": f"bearer {key}",
            "X-Odoo-Database": database,
            "Content-Type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or "{}")
