"""A small crowd before a cluster, and a ledger of what each was told.

Machines send the same again after a failure, as doc/api.md says; strangers press again; a customer
reads his cases all the time. Each comes from an address of its own.
"""

import base64
import functools
import http.client
import http.cookiejar
import itertools
import json
import re
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from test_crowd import _files
from visitor import multipart, solution_of, token

#: Seconds: how long a user tries, and waits before the next try.
PATIENCE, PAUSE = 180, 1


class Client:
    """Somebody with cookies who comes from ``source``; every answer is noted in ``seen``."""

    def __init__(self, crowd, source):
        self.crowd = crowd
        make = functools.partial(
            http.client.HTTPSConnection, context=crowd.trust, source_address=(source, 0)
        )

        class Way(urllib.request.HTTPSHandler):
            def https_open(self, asked):
                return self.do_open(lambda host, **options: make(host, **options), asked)

        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(Way(), jar)

    def ask(self, path, data=None, headers=None):
        """``(status, address in the end, text)``; status 0 where nobody answered."""
        headers = {"Accept-Language": "zh-CN", **(headers or {})}
        asked = urllib.request.Request(self.crowd.base + path, data, headers)
        begun = time.monotonic()
        try:
            with self.opener.open(asked, timeout=120) as answer:
                found = answer.status, answer.url, answer.read().decode()
                self.crowd.note(path, begun, answer.status, True)
                return found
        except urllib.error.HTTPError as answer:
            self.crowd.note(path, begun, answer.code, "Retry-After" in answer.headers)
            return answer.code, answer.url, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            self.crowd.note(path, begun, f"{type(error).__name__}: {error}", False)
            return 0, "", ""

    def insist(self, path, data=None, headers=None, is_good=lambda *_answer: True):
        """Ask until the answer is a good one."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            status, url, text = self.ask(path, data, headers)
            if status == 200 and is_good(url, text):
                return url, text
            time.sleep(PAUSE)
        raise AssertionError(f"{path}: given up after {PATIENCE} s: {status} {text[:300]}")


class Crowd:
    """All of them for one trial.

    :param setup: ``base``, ``ca``, ``sources``, ``keys``, ``category``, ``database``
    :param run: by which the cases of this trial are known
    """

    def __init__(self, setup, run):
        self.setup, self.run = setup, run
        self.base, self.sources = setup["base"], iter(setup["sources"])
        self.trust = ssl.create_default_context(cafile=setup["ca"])
        self.seen, self.ledger, self.broken = [], {}, []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = []

    def note(self, path, begun, status, may_ask_again):
        """Remember one answer."""
        row = (path.split("?")[0], round(time.monotonic() - begun, 2), status, may_ask_again)
        with self._lock:
            self.seen.append(row)

    def pages_read(self):
        """How many pages the customer has read by now."""
        with self._lock:
            return sum(row[0] == "/my/complaints" and row[2] == 200 for row in self.seen)

    def begin(self, machines=2, strangers=2):
        """Let them come."""
        workers = [functools.partial(self._machine, number) for number in range(machines)]
        workers += [functools.partial(self._stranger, number) for number in range(strangers)]
        for worker in [*workers, self._reader]:
            client = Client(self, next(self.sources))
            thread = threading.Thread(
                target=self._until_stopped, args=(worker, client), daemon=True
            )
            thread.start()
            self._threads.append(thread)

    def end(self):
        """All users finish what they have begun."""
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE + 60)

    def _until_stopped(self, worker, client):
        try:
            for count in itertools.count(1):
                if self._stop.is_set():
                    return
                worker(client, count)
                time.sleep(PAUSE / 2)
        except Exception as error:  # noqa: BLE001 - it is shown with the result
            self.broken.append(f"{type(error).__name__}: {error}")

    def _machine(self, me, client, count):
        label, files = f"{self.run}-m{me}-{count}", _files(me * 1000 + count)
        kind, category = (("inquiry", "GN"), ("complaint", "BL02"))[count % 2]
        case = {
            "external_id": label,
            "kind": kind,
            "category": category,
            "description": f"故障 {label}",
            "customer": {"name": "王芳", "phone": f"138{me:03}{count:05}", "email": _mail(label)},
            "files": [
                {"name": name, "content": base64.b64encode(content).decode()}
                for name, content in files
            ],
        }
        if kind == "complaint":
            case |= {"address": f"东城路 {count} 号", "demand": "核实"}
            case["occurred_at"] = "2026-11-20T09:00:00+08:00"
        headers = {
            "Authorization": f"bearer {self.setup['keys'][me]}",
            "X-Odoo-Database": self.setup["database"],
            "Content-Type": "application/json",
        }
        body = json.dumps({"case": case}).encode()
        _url, text = client.insist("/json/2/water.api/submit", body, headers)
        self.ledger[label] = {"number": json.loads(text)["number"], "files": _names(files)}

    def _stranger(self, me, client, count):
        label, files = f"{self.run}-s{me}-{count}", _files(500 + me * 1000 + count)
        path = "/water/report/inquiry"
        form = f"{path}?category={self.setup['category']}"
        _url, page = client.insist(form, is_good=lambda _url, text: "csrf_token" in text)
        values = {
            "csrf_token": token(page),
            "category_id": self.setup["category"],
            "description": f"故障 {label}",
            "contact_name": "王芳",
            "phone": f"137{me:03}{count:05}",
            "email": _mail(label),
        }
        url, page = self._hand_in(client, path, values, files)
        press = {"csrf_token": token(page), "draft": url.rsplit("/", 1)[1]}
        _url, page = client.insist(
            "/water/report/send",
            urllib.parse.urlencode(press).encode(),
            is_good=lambda url, _text: url.endswith("/done"),
        )
        number = re.search(r"<output[^>]*>(ZX\d{6}-\d+)</output>", page)[1]
        self.ledger[label] = {"number": number, "files": _names(files)}

    def _hand_in(self, client, path, values, files):
        """With a proof of work for each try, as the browser does it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            _url, text = client.insist("/water/report/challenge?form=inquiry")
            challenge = json.loads(text)
            solved = {"challenge": challenge, "solution": solution_of(challenge["parameters"])}
            proof = base64.b64encode(json.dumps(solved).encode()).decode()
            body, kind = multipart(values | {"altcha": proof}, [("files", *file) for file in files])
            status, url, page = client.ask(path, body, {"Content-Type": kind})
            if status == 200 and "/water/report/check/" in url:
                return url, page
            time.sleep(PAUSE)
        raise AssertionError(f"the form was not taken: {status} {url} {_words(page)}")

    def _reader(self, client, count):
        """Signed in once, never again."""
        if count == 1:
            _url, page = client.insist("/web/login", is_good=lambda _url, text: "csrf" in text)
            form = {"csrf_token": token(page), "login": "zhangwei", "password": "zhangwei"}
            form = urllib.parse.urlencode(form).encode()
            client.insist("/web/login?redirect=/my", form, is_good=lambda url, _t: "/my" in url)
        status, url, page = client.ask("/my/complaints")
        if status == 200 and "我的投诉" not in page:
            raise AssertionError(f"he was signed out: {url} {_words(page)}")


def _mail(label):
    return f"{label}@example.com"


def _names(files):
    """Their contents change when they are taken: pictures are written anew."""
    return sorted(name for name, _content in files)


def _words(page):
    return " ".join(re.sub(r"(?s)<style.*?</style>|<[^>]*>", " ", page).split())[:600]
