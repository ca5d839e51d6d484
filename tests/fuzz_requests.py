"""Hostile requests made from the running server's routing map."""

import json
import re

from hypothesis import strategies as st

#: Names of form fields and arguments that the server looks at somewhere.
NAMES = (
    "category_id category description demand address position occurred_at contact_name phone email"
    " is_anonymous answer_0 answer_1 answer_2 draft keep altcha website number code token body"
    " reason message callback about wished_at result process remark satisfaction confirmed back"
    " submission_key account_id account_code type search filterby sortby page done name account"
    " recording slot_id title access_token res_model res_id ids context kind external_id case"
    " cases values files message_id channel orders source reference delivered model method args"
    " kwargs domain fields id csrf_token lang debug"
).split()
#: Values that break programs which expect something else.
NASTY = st.sampled_from(
    [
        "",
        "0",
        "-1",
        "1e309",
        "9" * 30,
        "2147483648",
        "NaN",
        "null",
        "None",
        "True",
        "[]",
        "{}",
        "a\x00b",
        "\ud7ff\uffff",
        "%00",
        "%",
        "../../etc/passwd",
        "'; DROP TABLE res_users; --",
        "<script>alert(1)</script>",
        "{{7*7}}${7*7}",
        "x" * 5000,
        "2026-02-30T99:99",
        "0001-01-01T00:00",
        "9999-12-31T23:59",
        "12345678901234567890,1e400",
        "91,181",
        "=1+1",
        "\u202e\u0000\n\r\t",
        "１２３",
        "²",
    ]
)
TEXT = st.one_of(NASTY, st.text(max_size=40), st.integers(-(2**70), 2**70).map(str))
VALUE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), TEXT),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = st.dictionaries(st.sampled_from(NAMES) | st.text(min_size=1, max_size=8), TEXT, max_size=6)
CONTENT = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=60).map(lambda tail: b"\x89PNG\r\n\x1a\n" + tail),
    st.binary(max_size=60).map(lambda tail: b"\xff\xd8\xff" + tail),
    st.binary(max_size=60).map(lambda tail: b"%PDF-1.4" + tail),
    st.binary(max_size=60).map(lambda tail: b"PK\x03\x04" + tail),
    st.binary(max_size=60).map(lambda tail: b"GIF89a" + tail),
    st.binary(max_size=60).map(lambda tail: b"\x00\x00\x00\x18ftypheic" + tail),
)
FILES = st.lists(st.tuples(st.sampled_from(["files", "file", "x"]), TEXT, CONTENT), max_size=3)
KINDS = st.sampled_from(
    [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain",
        "application/json; charset=nonsense",
        "",
    ]
)


def _segment(argument, known):
    """Values for one argument of an address.

    :param argument: {"kind": converter, "items": what it lets through}
    :param known: strategy of existing values
    """
    if argument["items"]:
        return st.sampled_from(argument["items"])
    if argument["kind"] == "IntegerConverter":
        return known | st.integers(0, 2**70).map(str)
    return known | TEXT


@st.composite
def addresses(draw, rule, known):
    """An address that a rule answers to."""
    path = rule["rule"]
    for name, argument in rule["arguments"].items():
        word = draw(_segment(argument, known.get(name, known["number"])))
        path = re.sub(rf"<(?:[^<>:]+:)?{name}>", lambda _found, word=word: quoted(word), path)
    return path


def quoted(word):
    """As part of an address; what stands for itself there is kept half of the time."""
    data = str(word).encode("utf-8", "surrogatepass")
    return "".join(chr(byte) if chr(byte).isalnum() else f"%{byte:02X}" for byte in data)


@st.composite
def requests_of(draw, rules, known, callers):
    """One request: method, address, query, headers, body, and who sends it."""
    rule = draw(st.sampled_from(rules))
    methods = [name for name in rule["methods"] or ["GET", "POST"] if name != "OPTIONS"]
    request = {
        "method": draw(st.sampled_from([*methods, "POST", "GET"])),
        "path": draw(addresses(rule, known)),
        "query": draw(st.dictionaries(st.sampled_from(NAMES), TEXT, max_size=3)),
        "caller": draw(st.sampled_from(callers)),
        "kind": rule["kind"],
        "rule": rule["rule"],
    }
    if request["method"] != "GET":
        request |= draw(_bodies(rule))
    return request


def _bodies(rule):
    raw = st.fixed_dictionaries(
        {"raw": st.binary(max_size=80) | VALUE.map(_dumped), "content_type": KINDS}
    )
    if rule["kind"] in ("json2", "jsonrpc"):
        arguments = st.dictionaries(st.sampled_from(NAMES), VALUE, max_size=5)
        return st.one_of(st.fixed_dictionaries({"json": arguments}), raw)
    form = st.fixed_dictionaries({"form": FIELDS, "files": FILES, "forged": st.booleans()})
    return st.one_of(form, form, form, raw)


def _dumped(value):
    return json.dumps(value).encode("utf-8", "surrogatepass")
