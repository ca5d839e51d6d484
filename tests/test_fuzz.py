"""Every route of ours, of the portal and of the interface gets rubbish: no answer is a 5xx.

The routes are those of the running server, so that new ones are covered by themselves.
``WATER_FUZZ=20000 bin/test tests/test_fuzz.py`` sends as many requests as that; without it as
many as go into some seconds.
"""

import json
import os
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from fuzz_requests import NAMES, requests_of
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from visitor import KEY_SCRIPT, NO_LIMITS, multipart, run_in_shell

SERVER_OPTIONS = ["--workers=2", "--max-cron-threads=0", "--limit-time-real=120"]
SERVER_SQL = NO_LIMITS
#: How many requests; 0 for as many as go into ``SECONDS``.
COUNT, SECONDS = int(os.environ.get("WATER_FUZZ") or 0), 12
AT_ONCE = 8
#: Seconds on a busy machine; quadratic cost takes several times as many.
LONGEST_ANSWER = 4
#: not requested: these end the session, or wait for an event
LEFT_OUT = re.compile(r"/session/|/logout|/websocket|/longpolling|/web/database|/assets|/health")
MORE = """
import json
from odoo.http import request
public, kinds = [], {}
rules = []
for rule in env["ir.http"].routing_map().iter_rules():
    module = rule.endpoint.func.__module__.split(".")[2]
    routing = rule.endpoint.routing
    ours = module.startswith("water_")
    if not (ours or module in ("portal", "rpc") or rule.rule.startswith("/json/2")):
        continue
    arguments = {}
    for name in rule.arguments:
        converter = rule._converters.get(name)
        items = getattr(converter, "items", None) or getattr(converter, "_items", None) or []
        arguments[name] = {"kind": type(converter).__name__, "items": sorted(items)}
    rules.append({"rule": rule.rule, "methods": sorted(rule.methods or []), "module": module,
                  "kind": routing["type"], "arguments": arguments})
case = env["water.inquiry"].search([("partner_id.user_ids.share", "=", True)], limit=1)
models = ["water.api"] * 6 + sorted(name for name in env.registry if name.startswith("water."))
methods = sorted(name for name in dir(type(env["water.api"])) if not name.startswith("_"))
print("RESULT " + json.dumps({
    "key": key, "rules": rules, "models": models, "methods": methods,
    "numbers": [str(number) for number in env["water.inquiry"].search([], limit=5).ids],
    "files": [str(number) for number in env["ir.attachment"].search([], limit=5).ids],
}))
"""


@pytest.fixture(scope="module")
def house(server, stack):
    """Routes, things that exist, and sessions of those who ask."""
    script = KEY_SCRIPT % {"login": "machine-fuzz", "more": MORE}
    found = run_in_shell(stack, server.db, script)
    found["rules"] = [row for row in found["rules"] if not LEFT_OUT.search(row["rule"])]
    found["callers"] = {
        "stranger": _session(server),
        "customer": _session(server, "zhangwei"),
        "agent": _session(server, "limin"),
        "machine": _session(server),
    }
    bearer = {"Authorization": f"bearer {found['key']}", "X-Odoo-Database": server.db}
    found["callers"]["machine"].headers.update(bearer)
    return found


def _session(server, login=None):
    """A browser, signed in as ``login``; its page's word against forgery is kept with it."""
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=AT_ONCE))
    page = session.get(f"{server.base_url}/web/login").text
    session.word = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    if login:
        form = {"login": login, "password": login, "csrf_token": session.word}
        session.post(f"{server.base_url}/web/login", form)
        page = session.get(f"{server.base_url}/my/water/new").text
        session.word = re.search(r'csrf_token: "([^"]+)"', page)[1]
    return session


def _send(server, house, request):
    """``(request, status)``."""
    session, data, headers = house["callers"][request["caller"]], None, {}
    if "json" in request:
        data, headers = _dumped(request), {"Content-Type": "application/json"}
    elif "raw" in request:
        data, headers = request["raw"], {"Content-Type": request["content_type"]}
    elif "form" in request:
        fields = dict(request["form"])
        if not request["forged"]:
            fields["csrf_token"] = session.word
        data, kind = multipart(_safe(fields), [tuple(map(_plain, row)) for row in request["files"]])
        headers = {"Content-Type": kind}
    answer = session.request(
        request["method"],
        server.base_url + request["path"],
        params=_safe(request["query"]),
        data=data,
        headers=headers,
        allow_redirects=False,
        timeout=60,
    )
    return request, answer.status_code, answer.text[-300:] if answer.status_code >= 500 else ""


def _dumped(request):
    body = request["json"]
    if request["kind"] == "jsonrpc":
        body = {"jsonrpc": "2.0", "method": "call", "params": body}
    return json.dumps(body).encode("utf-8", "surrogatepass")


def _plain(text):
    return (
        text.replace("\r", "").replace("\n", "").replace('"', "") if isinstance(text, str) else text
    )


def _safe(fields):
    return {_plain(name): value for name, value in fields.items()}


def _known(house):
    """Existing values by argument of an address."""
    return {
        "number": st.sampled_from([*house["numbers"], "1", "0"]),
        "__model__": st.sampled_from(house["models"]),
        "__method__": st.sampled_from([*house["methods"], "search_read", "create", "_find"]),
        "file_id": st.sampled_from(house["files"]),
        "attachment_id": st.sampled_from(house["files"]),
    }


def test_nothing_breaks(server, house):
    """No request ends in a fault of the server, and the server's log tells of none."""
    one = requests_of(house["rules"], _known(house), sorted(house["callers"]))
    seen, broken, began = Counter(), {}, time.monotonic()
    pool = ThreadPoolExecutor(AT_ONCE)

    @seed(20261125)
    @settings(
        max_examples=(COUNT or 480) // AT_ONCE,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(one, min_size=AT_ONCE, max_size=AT_ONCE))
    def send(batch):
        if not COUNT and time.monotonic() - began > SECONDS:
            return
        for request, status, text in pool.map(lambda row: _send(server, house, row), batch):
            seen[status] += 1
            if status >= 500:
                broken.setdefault((request["rule"], text), request)

    send()
    assert not broken, "\n".join(f"{key}: {request}" for key, request in broken.items())
    paths = {row["rule"] for row in house["rules"]}
    print(f"{seen.total()} requests to {len(paths)} routes: {dict(sorted(seen.items()))}")
    assert seen.total() >= (COUNT or 100)
    assert len(paths) > 40
    log = server.log.read_text(errors="replace")
    assert not re.findall(r'" 5\d\d -', log)
    # answers with a status of 200 may hide a fault: none has gone through our code
    traces = re.findall(r"Traceback \(most recent call last\):\n((?:  .*\n)+)(.*)", log)
    own = r"addons/water_.*(?<!ir_http)(?<!outage)\.py"
    ours = [words for frames, words in traces if re.search(own, frames)]
    assert not ours, ours[:5]


@pytest.mark.parametrize("sign", [" ", "\u200b", "\n", "a", "<", '"'])
def test_long_run_in_each_parameter_holds_no_worker(server, house, sign):
    """Every parameter at once, at every door open to strangers, with 40,000 times one character."""
    fields = dict.fromkeys(NAMES, f"水{sign * 40_000}表")
    doors = {
        row["rule"] for row in house["rules"] if row["kind"] == "http" and not row["arguments"]
    }
    session, slow = house["callers"]["stranger"], {}
    for path in sorted(doors):
        form = {**fields, "csrf_token": session.word}
        answer = session.post(server.base_url + path, form, allow_redirects=False, timeout=60)
        assert answer.status_code < 500, path
        if answer.elapsed.total_seconds() > LONGEST_ANSWER:
            slow[path] = answer.elapsed.total_seconds()
    assert len(doors) > 20
    assert not slow
