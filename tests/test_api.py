"""The interface for integrations over HTTP: documented calls, keys, repetitions, fuzzing."""

import ast
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from visitor import run_in_shell

ROOT = Path(__file__).parents[1]
FUZZ_SECONDS = 600 if os.environ.get("WATER_LONG") else 20
SECRET = "a-secret-of-enough-characters"
SETUP = """
from datetime import timedelta
from odoo import fields
env.company.water_api_limit = 0
channel = env.ref("water_service_desk.channel_%s")
def key(login, groups, channels, company=env.company):
    user = env["res.users"].with_context(no_reset_password=True).create({
        "name": login, "login": login, "tz": "Asia/Shanghai", "lang": "en_US",
        "company_id": company.id, "company_ids": company.ids,
        "group_ids": [(6, 0, [env.ref(group).id for group in groups])]})
    user.water_channel_ids = channels
    until = fields.Datetime.now() + timedelta(days=1)
    return env["res.users.apikeys"].with_user(user)._generate("rpc", "test", until)
WECHAT = env.ref("water_service_desk.channel_wechat")
APP = env.ref("water_service_desk.channel_app")
MACHINE = ["base.group_user", "water_service_desk.group_integration"]
OTHER = env["res.company"].create({"name": "Other Water", "water_api_limit": 10})
OWNER = env["res.partner"].create({"name": "张伟", "phone": "13812345678"})
env["water.account"].create(
    {"code": "G-77", "partner_id": OWNER.id, "address": "x", "company_id": OTHER.id})
keys = {
    "wechat": key("machine-wechat", MACHINE, WECHAT),
    "app": key("machine-app", MACHINE, APP),
    "phone": key("machine-phone", MACHINE, env.ref("water_service_desk.channel_phone")),
    "guesser": key("machine-guesser", MACHINE, WECHAT, OTHER),
    "agent": key("agent-key", ["water_service_desk.group_agent"], WECHAT),
}
env["ir.config_parameter"].set_param("water_service_desk.webhook_networks", "127.0.0.1")
env["water.webhook"].create({"name": "APP", "url": "%s", "secret": "%s", "channel_ids": APP.ids})
env.cr.commit()
import json
print("RESULT " + json.dumps(keys))
"""


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self):  # noqa: N802  # name that http.server calls
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        first = len(self.server.got) == 1
        self.send_response(503 if first else 200)
        self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        """No output."""


@pytest.fixture(scope="module")
def receiver():
    """A webhook's receiver that refuses the first delivery."""
    running = ThreadingHTTPServer(("127.0.0.1", 0), _Receiver)
    running.got = []
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()


@pytest.fixture(scope="module")
def keys(server, stack, receiver):
    """{name: API key} of two integrations and of an agent."""
    script = SETUP % ("wechat", f"http://127.0.0.1:{receiver.server_port}/events", SECRET)
    return run_in_shell(stack, server.db, script)


@pytest.fixture
def call(server, keys):
    """Return a function that calls a method: ``(status, answer)``."""

    def _call(method, who="wechat", model="water.api", **values):
        request = urllib.request.Request(
            f"{server.base_url}/json/2/{model}/{method}",
            json.dumps(values).encode(),
            {
                "Authorization": f"bearer {keys.get(who, who)}",
                "X-Odoo-Database": server.db,
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or "{}")

    return _call


def case(external_id, **values):
    return {
        "external_id": external_id,
        "kind": "inquiry",
        "category": "GN",
        "description": "阶梯水价怎么算？",
        "customer": {"phone": "13700001111"},
        **values,
    }


def examples():
    """The shell examples of the documentation, in order."""
    return re.findall(r"```sh\n(.*?)```", (ROOT / "doc" / "api.md").read_text(), re.S)


def test_documented_examples_work(server, keys):
    """The examples of doc/api.md are run as written."""
    found = examples()
    assert len(found) >= 8
    variables = {"URL": server.base_url, "DB": server.db, "KEY": keys["wechat"]}
    for example in found:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", example],
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        expected = re.findall(r"# answers: (.*)", example)
        assert expected, example
        answer = done.stdout.encode().decode("unicode_escape", "ignore") + done.stdout
        for text in expected:
            assert text in answer.replace('":"', '": "'), (example, done.stdout)


def methods():
    """{public method: its arguments} of the interface, from the sources of all rooms."""
    found = {}
    for source in (ROOT / "addons").glob("*/*/models/water_api*.py"):
        for cls in ast.parse(source.read_text()).body:
            if isinstance(cls, ast.ClassDef) and cls.name == "WaterApi":
                found |= arguments(cls)
    return found


def arguments(cls):
    """{public method: its arguments} of a class in a source."""
    return {
        node.name: {argument.arg for argument in node.args.args} - {"self"}
        for node in cls.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def test_description_fits_the_methods():
    """Each method and argument is described, and no others."""
    paths = yaml.safe_load((ROOT / "doc" / "openapi.yaml").read_text())["paths"]
    described = {}
    for path, item in paths.items():
        assert path.startswith("/json/2/water.api/")
        schema = item["post"]["requestBody"]["content"]["application/json"]["schema"]
        described[item["post"]["operationId"]] = set(schema["properties"])
        assert path.endswith(f"/{item['post']['operationId']}")
    assert described == methods()


def test_chinese_description_has_the_same_examples():
    chinese = (ROOT / "doc" / "api.zh_CN.md").read_text()
    assert re.findall(r"```sh\n(.*?)```", chinese, re.S) == examples()


def test_described_fields_of_a_case_are_those_that_are_read():
    source = ROOT / "addons" / "water_service_desk" / "api" / "models" / "water_api.py"
    words = re.search(r"CASE_KEYS = frozenset\(\s*(.*?)\.split", source.read_text(), re.S)[1]
    schemas = yaml.safe_load((ROOT / "doc" / "openapi.yaml").read_text())["components"]["schemas"]
    read = set(re.findall(r"[a-z_]+", words)) | marked("water_filed")
    assert set(schemas["Case"]["properties"]) == read


def marked(attribute):
    """Return the names of the fields that have an attribute, from the sources of all rooms."""
    return {
        node.targets[0].id
        for source in (ROOT / "addons").glob("*/*/models/*.py")
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if attribute in {keyword.arg for keyword in node.value.keywords}
    }


def test_keys(call):
    """No key, a wrong one, an agent's, another channel's, and what else the key could open."""
    assert call("status", who="wrong", external_id="x")[0] == 401
    assert call("status", who="agent", external_id="x")[0] == 403
    assert call("submit", case=case("key-1"))[0] == 200
    assert call("status", external_id="key-1")[0] == 200
    assert call("status", who="app", external_id="key-1")[0] == 404
    assert call("append", who="app", external_id="key-1", message="x")[0] == 404
    for model in ("water.api.entry", "water.webhook", "water.message", "res.partner.bank"):
        assert call("search_read", model=model, domain=[])[0] == 403
    assert call("_file", external_id="x")[0] in (403, 404)


def test_twenty_guesses_in_one_batch(call, query):
    """Each wrong one counts as a call: the right one behind them is not tried, nor the next."""
    phones = [f"1381234{number:04}" for number in range(20)] + ["13812345678"]
    cases = [
        case(f"guess-{number}", customer={"account_number": "G-77", "phone": phone, "name": "x"})
        for number, phone in enumerate(phones)
    ]
    status, rows = call("submit_batch", "guesser", cases=cases)
    assert status == 200, rows
    assert {row["result"] for row in rows} == {"error"}
    assert sum("customer.account_number" in row["errors"] for row in rows) == 9
    counted = query(
        "SELECT method, count(*) FROM water_api_call AS call JOIN res_users AS who"
        " ON who.id = call.user_id WHERE who.login = 'machine-guesser' GROUP BY 1 ORDER BY 1"
    )
    assert counted == [["account", "9"], ["submit_batch", "1"]]
    assert call("submit_batch", "guesser", cases=cases[-1:])[0] == 429


def test_errors_are_named(call):
    status, answer = call("submit", case=case("bad", category="nonsense", description=""))
    assert (status, set(answer["context"]["errors"])) == (422, {"category"})
    status, answer = call("submit", case=case("bad", description=""))
    assert (status, set(answer["context"]["errors"])) == (422, {"description"})
    assert call("submit", nonsense=1)[0] == 422
    assert call("confirm", external_id="absent")[0] == 404


def test_the_same_case_many_times_at_once(call, query):
    """Twelve threads hand in the same number: one case, and each is told its number."""
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _n: call("submit", case=case("race")), range(12)))
    assert {status for status, _answer in answers} == {200}
    assert len({answer["number"] for _status, answer in answers}) == 1
    entries = query("SELECT count(*) FROM water_api_entry WHERE external_id = 'race'")
    assert entries == [["1"]]
    number = answers[0][1]["number"]
    assert query(f"SELECT count(*) FROM water_inquiry WHERE name = '{number}'") == [["1"]]


def test_the_same_call_many_times_at_once(call, query):
    """Reports of one call come at one moment, each with another fact: one line has them all."""
    facts = (
        {"offered_at": "2026-10-13T09:30:00+08:00"},
        {"answered_at": "2026-10-13T09:30:12+08:00"},
        {"ended_at": "2026-10-13T09:33:00+08:00"},
    )
    told = [[{"call": "race", "phone": "13700001111", **facts[n % 3]}] for n in range(12)]
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda calls: call("report_calls", "phone", calls=calls), told))
    assert {status for status, _answer in answers} == {200}
    results = [rows[0]["result"] for _status, rows in answers]
    assert results.count("created") == 1
    assert set(results) <= {"created", "changed", "unchanged"}
    times = "ring_seconds, talk_seconds, outcome"
    lines = query(f"SELECT {times} FROM water_call_record WHERE call_ref = 'race'")
    assert lines == [["12", "168", "answered"]]


def pass_a_minute(server):
    """Make failed messages due, as a minute later, and have the server look for them."""
    now = "now() AT TIME ZONE 'UTC'"
    due = f"UPDATE water_webhook_delivery SET next_try_at = {now} WHERE state = 'failed'"
    hook = "SELECT res_id FROM ir_model_data WHERE name = 'ir_cron_webhooks'"
    job = f"INSERT INTO ir_cron_trigger (cron_id, call_at) VALUES (({hook}), {now})"
    notice = f"NOTIFY cron_trigger, '{server.db}'"
    for name, statement in ((server.db, f"{due}; {job}"), ("postgres", notice)):
        subprocess.run(["psql", "-X", "-q", "-d", name, "-c", statement], check=True)


def test_webhook(server, call, receiver):
    """A real receiver hears of the case, again after it had refused, with a good signature."""
    status, answer = call("submit", who="app", case=case("hook-1"))
    assert status == 200
    deadline = time.monotonic() + 240
    while len(receiver.got) < 2 and time.monotonic() < deadline:
        time.sleep(0.5)
        pass_a_minute(server)
    assert len(receiver.got) >= 2, "it was not sent again"
    (first, refused), (second, taken) = receiver.got[:2]
    assert first["X-Water-Delivery"] == second["X-Water-Delivery"]
    assert json.loads(taken)["number"] == answer["number"]
    assert refused == taken
    signed = second["X-Water-Timestamp"].encode() + b"." + taken
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert second["X-Water-Signature"] == f"sha256={expected}"
    assert "13700001111" not in taken.decode()


def test_fuzzed(server, keys, call, tmp_path):
    """No input that schemathesis generates ends in a server error."""
    call("submit", case=case("fuzz"))
    program = Path(sys.executable).with_name("schemathesis")
    command = [program, "run", ROOT / "doc" / "openapi.yaml", "--url", server.base_url]
    command += [
        "-H",
        f"Authorization: bearer {keys['wechat']}",
        "-H",
        f"X-Odoo-Database: {server.db}",
    ]
    command += ["--checks", "not_a_server_error", "--max-time", str(FUZZ_SECONDS)]
    command += ["--phases", "examples,coverage,fuzzing", "--mode", "all", "--seed", "12345"]
    done = subprocess.run(
        list(map(str, command)),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    print(done.stdout[-1500:])
    generated = re.search(r"(\d[\d,]*) generated", done.stdout)
    # each call is tried some times, however busy the machine is
    assert generated and int(generated[1].replace(",", "")) > 2 * len(methods()), done.stdout[
        -1500:
    ]
    server_errors = re.findall(r" 5\d\d -", server.log.read_text(errors="replace"))
    assert not server_errors
