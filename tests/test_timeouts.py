"""PostgreSQL ends what takes longer than its administrator allows: people come again later."""

import json
import os
import subprocess
import time
from contextlib import contextmanager
from uuid import uuid4

import pytest
from test_outage import Person
from visitor import KEY_SCRIPT, NO_LIMITS, Visitor, run_in_shell

SERVER_SQL = NO_LIMITS
#: Locks that are waited for too long are met like the rest, with many tries: in the long form.
SETTINGS = ["statement_timeout = '400ms'"]
if os.environ.get("WATER_LONG"):
    SETTINGS += ["lock_timeout = '200ms'"]
#: Shorter than Odoo thinks between two queries, so that every page meets it.
IDLE = "idle_in_transaction_session_timeout = '1ms'"


@pytest.fixture
def within(server):
    """Return a function: ``with within(setting):`` each new connection has it, and none is old."""
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{server.db}'"

    @contextmanager
    def _within(setting):
        _psql(f'ALTER DATABASE "{server.db}" SET {setting}', cut)
        try:
            yield
        finally:
            _psql(f'ALTER DATABASE "{server.db}" RESET ALL', cut)

    return _within


@pytest.fixture
def locked(server):
    """Return a function: ``with locked(table):`` blocks all reads and writes."""

    @contextmanager
    def _locked(table):
        command = ["psql", "-X", "-q", "-At", "-d", server.db]
        holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        holder.stdin.write(f"BEGIN; LOCK TABLE {table}; SELECT 'held';\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == "held\n"
        try:
            yield
        finally:
            holder.communicate("ROLLBACK;\n")

    return _locked


def _psql(*statements):
    for statement in statements:
        subprocess.run(["psql", "-X", "-q", "-d", "postgres", "-c", statement], check=True)


@pytest.fixture
def form(server, query):
    """``(visitor, what its button sends)``: an inquiry that is filled in and looked through."""
    ((category,),) = query("SELECT id FROM water_category WHERE code = 'GN'")
    visitor = Visitor(server.base_url)
    words = {"contact_name": "王芳", "phone": "13800138000", "description": "水费怎么算"}
    return visitor, visitor.fill_in(category, words, [])


def test_an_ended_connection(server, stack, query, within, form):
    """25P03: unfinished work is rolled back; the page asks to retry, and the form is taken."""
    key = _key(stack, server)
    person = Person(server.base_url)
    person.sign_in("zhangwei")
    visitor, draft = form
    with within(IDLE):
        for path in ("/water/report", "/my/complaints"):
            _check_away(person.ask(path))
        status, headers, text = _ask_machine(server, key)
        assert (status, headers["Retry-After"]) == (503, "5"), text
        assert visitor.press("/water/report/send", draft) == "503"
    assert person.ask("/my/complaints")[0] == 200, "he was signed out"
    _check_taken_once(query, visitor, draft)


@pytest.mark.parametrize("setting", SETTINGS)
def test_too_long(server, stack, query, within, locked, form, setting):
    """55P03 and 57014: a lock is held and not released."""
    visitor, draft = form
    before = _inquiries(query)
    key = _key(stack, server)
    with within(setting), locked("water_inquiry, water_channel"):
        status, headers, text = _ask_machine(server, key)
        assert (status, headers["Retry-After"]) == (503, "5"), text
        assert visitor.press("/water/report/send", draft) == "503"
    assert _inquiries(query) == before
    _check_taken_once(query, visitor, draft)


@pytest.mark.parametrize("setting", SETTINGS)
def test_an_agent_reads_why(server, within, locked, setting):
    """The web client keeps the form and shows a sentence."""
    agent = Person(server.base_url)
    agent.sign_in("limin")
    params = {"model": "water.inquiry", "method": "search_count", "args": [[]], "kwargs": {}}
    with within(setting), locked("water_inquiry"):
        answer = _call(agent, params)
    assert "未保存任何内容" in answer["error"]["data"]["message"], answer
    assert "result" in _call(agent, params)


def test_a_connection_that_rested_too_long(server, within):
    """57P05: unnoticed."""
    with within("idle_session_timeout = '300ms'"):
        person = Person(server.base_url)
        for _round in range(3):
            assert person.ask("/water/report")[0] == 200
            time.sleep(1)


def _check_away(answer):
    status, headers, text = answer
    assert (status, headers["Retry-After"]) == (503, "5"), text[-1000:]
    assert "0300-96510" in text and "请稍后" in text
    return text


def _call(agent, params):
    path = f"/web/dataset/call_kw/{params['model']}/{params['method']}"
    body = json.dumps({"jsonrpc": "2.0", "params": params}).encode()
    return json.loads(agent.ask(path, body, **{"Content-Type": "application/json"})[2])


def _key(stack, server):
    """A new key of an integration."""
    more = 'import json; print("RESULT " + json.dumps(key))'
    login = f"machine-{uuid4().hex[:8]}"
    return run_in_shell(stack, server.db, KEY_SCRIPT % {"login": login, "more": more})


def _ask_machine(server, key):
    call = {"Authorization": f"bearer {key}", "Content-Type": "application/json"}
    body = json.dumps({"external_id": "none"}).encode()
    return Person(server.base_url).ask("/json/2/water.api/status", body, **call)


def _inquiries(query):
    return query("SELECT count(*) FROM water_inquiry")


def _check_taken_once(query, visitor, draft):
    before = int(_inquiries(query)[0][0])
    for _press in range(2):
        assert "/water/report/done" in visitor.press("/water/report/send", draft)
    assert int(_inquiries(query)[0][0]) == before + 1
