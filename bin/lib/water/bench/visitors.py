"""The people of the load test, run by locust: each files a case at the public page and follows it.

Each visitor is a new browser with a network address of its own, so that the limits of production
are in force. Redirects and the page that they lead to are part of the time.
"""

import base64
import hashlib
import json
import os
import re
from pathlib import Path
from random import randrange

import gevent
from locust import FastHttpUser, constant, task
from urllib3 import encode_multipart_formdata

SETUP = json.loads(Path(os.environ["WATER_BENCH_SETUP"]).read_text())
PHOTO = Path(SETUP["photo"]).read_bytes()
#: One filing in three comes with a photo.
PHOTOS = 3
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
FORM = "application/x-www-form-urlencoded"
DRAFT = 'name="draft" value="([^"]+)'
#: The number and the code of a case that was filed.
DONE = r"<output[^>]*>([^<]+)</output>(?s:.)*<output[^>]*>([^<]+)</output>"


def solved(challenge):
    """Return the browser's answer to a challenge; other visitors get their turn meanwhile."""
    facts = challenge["parameters"]
    nonce, salt = bytes.fromhex(facts["nonce"]), bytes.fromhex(facts["salt"])
    for number in range(facts["data"]["tries"]):
        password = nonce + number.to_bytes(4)
        key = hashlib.pbkdf2_hmac("sha256", password, salt, facts["cost"]).hex()
        if key.startswith(facts["keyPrefix"]):
            break
        gevent.sleep(0)
    answer = {"challenge": challenge, "solution": {"counter": number, "derivedKey": key}}
    return base64.b64encode(json.dumps(answer).encode()).decode()


class Visitor(FastHttpUser):
    """One after the other, as fast as ``think`` allows."""

    wait_time = constant(0)
    connection_timeout = network_timeout = 60

    def think(self):
        """Read and type."""
        low, high = SETUP["think"]
        gevent.sleep(low + (high - low) * randrange(1001) / 1000)

    def ask(self, name, path, need, body=None, kind=FORM):
        """Return a page, which has to hold ``need``."""
        headers = self.headers if body is None else {**self.headers, "Content-Type": kind}
        method = "GET" if body is None else "POST"
        options = {"name": name, "catch_response": True, "headers": headers, "data": body}
        with self.client.request(method, path, **options) as answer:
            text = answer.text or ""
            if answer.status_code >= 400 or not re.search(need, text):
                answer.failure(f"{answer.status_code}: {text[:200]}")
        return text

    @task
    def file(self):
        """File a case with its proof of work, read it back, send it, and follow it."""
        self.client.client.cookiejar.clear()
        source = f"10.{randrange(256)}.{randrange(256)}.{randrange(1, 255)}"
        self.headers = {"X-Forwarded-For": source, "X-Forwarded-Host": "localhost"}
        self.headers["Accept-Language"] = "zh-CN,zh;q=0.9"
        kind = ("complaint", "inquiry", "repair")[randrange(3)]
        path, category = f"/water/report/{kind}", SETUP["categories"][kind]
        page = self.ask("form", f"{path}?category={category}", 'name="altcha"')
        self.think()
        text = self.ask("challenge", f"/water/report/challenge?form={kind}", "keyPrefix")
        form = self.filled_in(page, category, solved(json.loads(text)))
        with_photo = not randrange(PHOTOS)
        photo = ("photo.jpg", PHOTO, "image/jpeg") if with_photo else ("", b"", "image/jpeg")
        body, content = encode_multipart_formdata({**form, "files": photo})
        suffix = ", with a photo" if with_photo else ""
        page = self.ask(f"hand in and read back{suffix}", path, DRAFT, body, content)
        draft = re.search(DRAFT, page)
        self.think()
        if draft:
            press = f"draft={draft[1]}&csrf_token={self.token(page)}"
            page = self.ask(f"send{suffix}", "/water/report/send", DONE, press)
            self.follow(re.search(DONE, page))

    def filled_in(self, page, category, proof):
        """Return the values of the form."""
        return {
            "csrf_token": self.token(page),
            "category_id": str(category),
            "description": "11 月用水 38 立方米，比平时高一倍，请核实。",
            "demand": "核实读数",
            "address": f"东城路 {randrange(1000)} 号",
            "occurred_at": "2026-03-10T09:00",
            "contact_name": "王芳",
            "phone": f"137{randrange(10**8):08}",
            "altcha": proof,
        }

    def token(self, page):
        """Return the token of the form of a page."""
        found = TOKEN.search(page)
        return found[1] if found else ""

    def follow(self, found):
        """Open the page of the case by its number and code."""
        self.think()
        page = self.ask("number and code", "/water/track", 'name="code"')
        if found:
            press = f"number={found[1]}&code={found[2]}&csrf_token={self.token(page)}"
            self.ask("follow", "/water/track", found[1], press)
        self.think()
