"""The database goes down and returns: pages say so, users stay signed in, jobs continue."""

import http.cookiejar
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
from cable import Cable
from visitor import KEY_SCRIPT, NO_LIMITS, run_in_shell, token

#: Longer than Odoo's server bears it by itself, in seconds.
AWAY = 6


class Person:
    """A client with a cookie jar."""

    def __init__(self, base_url):
        self.base_url = base_url
        self.cookies = http.cookiejar.CookieJar()
        keeper = urllib.request.HTTPCookieProcessor(self.cookies)
        self._opener = urllib.request.build_opener(keeper)

    def ask(self, path, form=None, language="zh-CN", **headers):
        """Return ``(status, headers, text)`` of any answer; ``form`` may be bytes."""
        data = urllib.parse.urlencode(form).encode() if isinstance(form, dict) else form
        headers = {"Accept-Language": language, **headers}
        asked = urllib.request.Request(self.base_url + path, data, headers)
        try:
            with self._opener.open(asked, timeout=60) as given:
                return given.status, given.headers, given.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.headers, refusal.read().decode()

    def sign_in(self, login):
        """Sign in with the login as password."""
        form = {"csrf_token": token(self.ask("/web/login")[2]), "login": login, "password": login}
        assert "/my" in self.ask("/web/login?redirect=/my", form)[2]


#: As it is installed; in the long form also as it is developed.
FORMS = ["workers", "threads"] if os.environ.get("WATER_LONG") else ["workers"]


@pytest.fixture(scope="module", params=FORMS)
def outage(request, serving):
    """``(server, cable)``: an Odoo of several processes, or of one, behind a cable."""
    cable = Cable(int(os.environ["PGPORT"]))
    workers = 2 if request.param == "workers" else 0
    options = [f"--db_port={cable.port}", f"--workers={workers}", "--max-cron-threads=1"]
    with serving(options, NO_LIMITS) as server:
        yield server, cable


@pytest.fixture(scope="module")
def server(outage):
    """The server, for the fixtures that ask it."""
    return outage[0]


def test_doors_and_jobs_survive(outage, stack, query):
    """Each door answers 503 meanwhile, and afterwards everything is as it was."""
    server, cable = outage
    more = 'import json; print("RESULT " + json.dumps(key))'
    key = run_in_shell(stack, server.db, KEY_SCRIPT % {"login": "machine", "more": more})
    customer = Person(server.base_url)
    customer.sign_in("zhangwei")
    assert customer.ask("/my/complaints")[0] == 200
    cable.pull()
    end = time.monotonic() + AWAY
    _check_away(customer, key)
    time.sleep(max(0, end - time.monotonic()))
    cable.mend()
    _until(lambda: customer.ask("/water/report")[0] == 200, "the public page")
    status, _headers, text = customer.ask("/my/complaints")
    assert (status, "我的投诉" in text) == (200, True), "he was signed out"
    _check_jobs(server, query)


def _check_away(customer, key):
    status, headers, text = customer.ask("/water/report")
    assert (status, headers["Retry-After"], headers["Set-Cookie"]) == (503, "5", None)
    assert "0300-96510" in text and "请稍后" in text and "尚未收到" not in text
    assert "try again" in customer.ask("/my/complaints", language="en")[2]
    assert customer.ask("/nothing/here")[0] == 503  # its absence is not certain yet
    status, _headers, text = customer.ask("/water/report", {"description": "水黄"})
    assert status == 503 and "尚未收到" in text
    call = {"Authorization": f"bearer {key}", "Content-Type": "application/json"}
    status, headers, text = customer.ask("/json/2/water.api/get_case", {"x": 1}, **call)
    assert (status, headers["Retry-After"]) == (503, "5")
    assert json.loads(text)["name"] == "werkzeug.exceptions.ServiceUnavailable"
    assert customer.ask("/web/health")[0] == 200
    assert customer.ask("/web/health?db_server_status=1")[0] == 500


def _check_jobs(server, query):
    before = query("SELECT now() AT TIME ZONE 'UTC'")[0][0]
    due = "nextcall = now() AT TIME ZONE 'UTC' - interval '1 minute', active = true"
    query(f"UPDATE ir_cron SET {due} WHERE cron_name LIKE 'Mail: Email Queue Manager%'")
    query(f"NOTIFY cron_trigger, '{server.db}'")
    ran = f"SELECT 1 FROM ir_cron WHERE lastcall >= '{before}'"
    _until(lambda: query(ran), "a scheduled action", 120)


def _until(is_so, what, seconds=60):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"{what} did not come back within {seconds} s"
        time.sleep(0.5)
