"""Many people file at once, with files, and press twice: on two workers, as in production.

Each person with a number has exactly one case with all files; no one has more.
"""

import base64
import json
import os
import re
import struct
import subprocess
import time
import urllib.request
import zlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from visitor import KEY_SCRIPT, NO_LIMITS, Visitor, call_api, run_in_shell, token

SERVER_OPTIONS = ["--workers=2", "--max-cron-threads=0", "--limit-time-real=120"]
SERVER_SQL = NO_LIMITS
#: visitors of each page, 200 in the long form; each presses twice at once
STRANGERS, MACHINES = (80, 120) if os.environ.get("WATER_LONG") else (32, 48)
AT_ONCE = 16


def _picture(number):
    """A PNG of its own for each sender."""

    def chunk(kind, data):
        sum_ = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", sum_)

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    point = zlib.compress(b"\0" + bytes((number % 256, number // 256, 7)))
    chunks = chunk(b"IHDR", head) + chunk(b"IDAT", point) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _document(number):
    """A PDF of one empty page; no two are the same."""
    return b"\n".join(
        (
            b"%PDF-1.4",
            b"1 0 obj <</Type /Catalog /Pages 2 0 R /Number %d>> endobj" % number,
            b"2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj",
            b"3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>> endobj",
            b"trailer <</Root 1 0 R>>",
            b"%%EOF",
        )
    )


def _files(number):
    files = [("a.png", _picture(number)), ("b.pdf", _document(number))]
    return [*files, ("c.png", _picture(number + 1000))][: 1 + number % 3]


@pytest.fixture(scope="module")
def key(server, stack):
    more = 'import json; print("RESULT " + json.dumps(key))'
    return run_in_shell(stack, server.db, KEY_SCRIPT % {"login": "machine-crowd", "more": more})


def _twice(work):
    with ThreadPoolExecutor(2) as presses:
        return list(presses.map(lambda _press: work(), range(2)))


def _stranger(server, category, number):
    """File at the public page; the numbers that the two presses were told."""
    visitor = Visitor(server.base_url)
    words = {
        "description": f"人潮 {number}",
        "contact_name": "王芳",
        "phone": f"137{number:08}",
    }
    files = [("files", *file) for file in _files(number)]
    press = visitor.fill_in(category, words, files)
    led_to = _twice(lambda: visitor.press("/water/report/send", press))
    assert all(url.endswith("/water/report/done") for url in led_to), led_to
    _url, page = visitor.open("/water/report/done")
    # The code to look the case up may begin with the same two letters.
    return [re.findall(r"<output[^>]*>(ZX\d{6}-\d+)</output>", page)] * 2


def _machine(server, key, number):
    """The same through the interface."""
    case = {
        "external_id": f"crowd-{number}",
        "kind": "inquiry",
        "category": "GN",
        "description": f"人潮 {number}",
        "customer": {"phone": f"137{number:08}"},
        "files": [
            {"name": name, "content": base64.b64encode(content).decode()}
            for name, content in _files(number)
        ],
    }
    answers = _twice(lambda: call_api(server.base_url, key, server.db, "submit", {"case": case}))
    return [[answer["number"]] if status == 200 else [] for status, answer in answers]


def test_many_at_once(server, query, key):
    """Each acknowledged case is there exactly once, with all its files; no press fails."""
    ((category,),) = query("SELECT id FROM water_category WHERE code = 'GN'")

    def file(number):
        if number < STRANGERS:
            return _stranger(server, category, number)
        return _machine(server, key, number)

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        told = list(crowd.map(file, range(STRANGERS + MACHINES)))
    assert all(all(presses) for presses in told), [row for row in told if not all(row)][:3]
    cases = {}
    for words, name in query("SELECT verbatim, name FROM water_inquiry WHERE verbatim ~ '^人潮'"):
        cases.setdefault(int(words.split()[1]), []).append(name)
    assert sorted(cases) == list(range(STRANGERS + MACHINES))
    for number, presses in enumerate(told):
        assert [cases[number]] * 2 == presses, number
    kept = Counter(
        (int(words.split()[1]), file)
        for words, file in query(
            "SELECT i.verbatim, a.name FROM water_inquiry i JOIN ir_attachment a"
            " ON a.res_model = 'water.inquiry' AND a.res_id = i.id WHERE i.verbatim ~ '^人潮'"
        )
    )
    sent = Counter((number, name) for number in range(len(told)) for name, _c in _files(number))
    assert kept == sent
    published = query(
        "SELECT count(*) FROM water_inquiry i JOIN ir_attachment_water_inquiry_rel r"
        " ON r.water_inquiry_id = i.id WHERE i.verbatim ~ '^人潮'"
    )
    assert published == [[str(sent.total())]]
    assert not re.findall(r" 5\d\d -", server.log.read_text(errors="replace"))


def test_pictures_made_to_stop_the_service(server, query):
    """They are refused within seconds, and both workers go on."""
    ((category,),) = query("SELECT id FROM water_category WHERE code = 'GN'")
    side = (16_383).to_bytes(3, "little")
    webp = b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0" + side + side + b"ANIM"
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x00" + bytes(20)
    jpeg = b"\xff\xd8\xff" + scan * 20_000
    workers = _workers(server)
    assert len(workers) >= 2
    for name, content in (("a.webp", webp), ("a.jpg", jpeg), ("b.jpg", jpeg[:1000])):
        visitor = Visitor(server.base_url)
        _url, page = visitor.open(f"/water/report/inquiry?category={category}")
        form = {
            "csrf_token": token(page),
            "category_id": category,
            "description": "水表照片",
            "contact_name": "王芳",
            "phone": "13712345678",
            "altcha": visitor.solve(),
        }
        begun = time.monotonic()
        url, page = visitor.open("/water/report/inquiry", form, [("files", name, content)])
        assert "/check/" not in url
        assert name in page and form["description"] in page, page[:2000]
        assert time.monotonic() - begun < 60
    assert _workers(server) == workers


def _guess(server, login):
    """The message after a wrong password."""
    params = {"db": server.db, "login": login, "password": "wrong"}
    body = json.dumps({"jsonrpc": "2.0", "params": params}).encode()
    headers = {"Content-Type": "application/json"}
    url = f"{server.base_url}/web/session/authenticate"
    request = urllib.request.Request(url, body, headers)
    for _once_more in range(5):
        # the system's accept queue is short: some connections are refused unheard
        with suppress(ConnectionResetError), urllib.request.urlopen(request) as answer:
            return json.load(answer)["error"]["data"]["message"]
    raise ConnectionError("nobody answers")


def test_wrong_passwords_of_two_workers(server):
    """Counted once for both, though each request that fails is taken back."""
    told = [_guess(server, "nobody") for _time in range(11)]
    # ten are let through, as config/production.py says
    assert told[:10] == ["Access Denied"] * 10, told
    assert "Too many wrong passwords" in told[10], told


def test_a_crowd_of_wrong_passwords(server):
    """Forty at once: at most ten are looked at, each is answered, and no other page is a fault."""
    with ThreadPoolExecutor(41) as crowd:
        guesses = [crowd.submit(_guess, server, "nobody-else") for _one in range(40)]
        page = crowd.submit(urllib.request.urlopen, f"{server.base_url}/water")
        assert page.result().status == 200
        told = Counter(guess.result() for guess in guesses)
    assert 0 < told.pop("Access Denied") <= 10, told
    assert all(words.startswith("Too many") for words in told), told
    assert not re.findall(r" 5\d\d -", server.log.read_text(errors="replace"))


def _workers(server):
    """Process ids of all processes that serve this database."""
    found = subprocess.run(
        ["pgrep", "-f", "--", f"-d {server.db} "], capture_output=True, text=True
    )
    return set(found.stdout.split())
