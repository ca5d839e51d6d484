"""The people of the load test, run by locust: fifty at once, or as many as the server bears.

Each visitor of the public page is a new browser with a network address of its own, so that the
limits of production are in force. What is measured is what a person waits for: redirects and the
page that they lead to are part of the time.
"""

import base64
import hashlib
import json
import os
import re
import statistics
import time
from collections import defaultdict
from pathlib import Path
from random import choice, randrange

import gevent
from locust import FastHttpUser, constant, events, task
from locust.exception import StopUser
from requests.cookies import create_cookie
from urllib3 import encode_multipart_formdata

SETUP = json.loads(Path(os.environ["WATER_BENCH_SETUP"]).read_text())
PHOTO = Path(SETUP["photo"]).read_bytes()
#: One filing in three comes with a photo.
PHOTOS = 3
LANGUAGE = {"Accept-Language": "zh-CN,zh;q=0.9"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')

#: Sessions of customers with a login, kept from one run to the next.
KEPT = Path(SETUP["kept"])
sessions = json.loads(KEPT.read_text()) if KEPT.exists() else {}
times, failures = defaultdict(list), defaultdict(int)
clock: dict[str, float] = {"requests": 0}


@events.spawning_complete.add_listener
def begin(user_count, **_more):
    """Measure from the moment at which everybody is there."""
    times.clear()
    failures.clear()
    clock["began"] = time.monotonic()


@events.request.add_listener
def note(name, response_time, exception, **_more):
    clock["requests"] += 1  # those of the beginning too
    failures[name] += bool(exception)
    times[name].append(response_time)


@events.test_stop.add_listener
def report(**_more):
    """Write what was measured."""
    seconds = time.monotonic() - clock["began"]
    rows = {}
    for name, spans in times.items():
        ranks = statistics.quantiles(spans, n=100) if len(spans) > 1 else spans * 99
        found = {"p50": ranks[49], "p95": ranks[94], "p99": ranks[98], "most": max(spans)}
        rows[name] = {"count": len(spans), "failed": failures[name], **found}
    KEPT.write_text(json.dumps(sessions))
    Path(SETUP["out"]).write_text(
        json.dumps({"seconds": seconds, "rows": rows, "requests": clock["requests"]})
    )


def multipart(fields, name, with_photo):
    """``(body, content type)`` of a form with a file chooser."""
    photo = ("photo.jpg", PHOTO, "image/jpeg") if with_photo else ("", b"", "image/jpeg")
    return encode_multipart_formdata({**fields, name: photo})


def solved(challenge):
    """What a browser hands in for a challenge; others get their turn while it tries."""
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


class Person(FastHttpUser):
    """Somebody who reads, thinks and types between two pages."""

    abstract = True
    host = SETUP["hosts"][0]
    wait_time = constant(0)
    connection_timeout = network_timeout = 60

    def think(self):
        low, high = SETUP["think"]
        gevent.sleep(low + (high - low) * randrange(1001) / 1000)

    def get(self, name, path, need=""):
        return self._page("GET", name, path, need)

    def post(self, name, path, body, kind="application/x-www-form-urlencoded", need=""):
        return self._page("POST", name, path, need, data=body, headers={"Content-Type": kind})

    def _page(self, method, name, path, need, headers=None, **options):
        headers = {**self.headers, **(headers or {})}
        # any of the nodes, as a proxy in front of them chooses
        with self.client.request(
            method,
            choice(SETUP["hosts"]) + path,
            name=name,
            catch_response=True,
            headers=headers,
            **options,
        ) as answer:
            text = answer.text or ""
            if answer.status_code >= 400 or not re.search(need, text):
                answer.failure(f"{answer.status_code}: {text[:200]}")
        return answer, text


class Ours(Person):
    """Files a case at the public page, with its proof of work, and follows it."""

    @task
    def file(self):
        self.client.client.cookiejar.clear()
        source = f"10.{randrange(256)}.{randrange(256)}.{randrange(1, 255)}"
        self.headers = {**LANGUAGE, "X-Forwarded-For": source, "X-Forwarded-Host": "localhost"}
        kind = ("complaint", "inquiry", "repair")[randrange(3)]
        path = f"/water/report/{kind}"
        category = SETUP["categories"][kind]
        _answer, page = self.get("form", f"{path}?category={category}", need='name="altcha"')
        self.think()
        _answer, text = self.get(
            "challenge", f"/water/report/challenge?form={kind}", need="keyPrefix"
        )
        proof = solved(json.loads(text))
        with_photo = not randrange(PHOTOS)
        form = self.filled_in(page, category, proof)
        suffix = ", with a photo" if with_photo else ""
        need = 'name="draft" value="([^"]+)'
        body, headers = multipart(form, "files", with_photo)
        _answer, page = self.post(f"hand in and read back{suffix}", path, body, headers, need=need)
        draft = re.search(need, page)
        self.think()
        if draft:
            press = f"draft={draft[1]}&csrf_token={self.token(page)}"
            done = r"<output[^>]*>([^<]+)</output>(?s:.)*<output[^>]*>([^<]+)</output>"
            _answer, page = self.post(f"send{suffix}", "/water/report/send", press, need=done)
            self.follow(re.search(done, page))

    def filled_in(self, page, category, proof):
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
        found = TOKEN.search(page)
        return found[1] if found else ""

    def follow(self, found):
        """Number and code, and then the page of the case."""
        self.think()
        _answer, page = self.get("number and code", "/water/track", need='name="code"')
        if found:
            press = f"number={found[1]}&code={found[2]}&csrf_token={self.token(page)}"
            self.post("follow", "/water/track", press, need=found[1])
        self.think()


class Peer(Person):
    """Files a ticket at OCA's portal form, signed in, and looks at it."""

    headers = LANGUAGE
    logins = iter(SETUP.get("logins") or ())

    def on_start(self):
        """Sign in, once for all runs: that costs the server more than all the rest."""
        login = next(self.logins, None)
        if login is None:
            raise StopUser
        jar = self.client.client.cookiejar
        if login in sessions:
            jar.set_cookie(create_cookie("session_id", sessions[login], domain="127.0.0.1"))
            return
        _answer, page = self.get("sign in", "/web/login")
        press = f"login={login}&password={login}&csrf_token={TOKEN.findall(page)[0]}"
        self.post("sign in", "/web/login", press)
        sessions[login] = next(row.value for row in jar if row.name == "session_id")

    @task
    def file(self):
        _answer, page = self.get("form", "/new/ticket", need='name="subject"')
        self.think()
        with_photo = not randrange(PHOTOS)
        form = {
            "csrf_token": TOKEN.findall(page)[0],
            "category": str(SETUP["category"]),
            "subject": "水费异常",
            "description": "11 月用水 38 立方米，比平时高一倍，请核实。",
        }
        body, headers = multipart(form, "attachment", with_photo)
        suffix = ", with a photo" if with_photo else ""
        need = "水费异常"
        answer, _page = self.post(f"hand in{suffix}", "/submitted/ticket", body, headers, need=need)
        self.think()
        if "/my/ticket/" in (answer.url or ""):
            self.get("follow", "/my/ticket/" + answer.url.rsplit("/", 1)[1], need=need)
        self.think()
