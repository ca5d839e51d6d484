"""HTTP calls to a message gateway: fills its templates, sends, and reads the answer.

Nothing here writes a log: addresses, texts and secrets stay out of it.
"""

import json
import logging
import re
import socket
import threading
from contextlib import suppress
from http import HTTPStatus
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

import requests

from ..base.words import clean_text

#: Placeholders in a gateway's URL, headers and body, written ``{name}``.
PLACEHOLDERS = frozenset(
    "address text key medium lang code number name due link company hotline params data secret"
    " token".split()
)
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
#: Most bytes read of an answer; the rest is cut off.
MAX_ANSWER = 65536
#: Client errors about this very message: sending it again cannot help.
HOPELESS = frozenset({400, 410, 413, 422})


_here = threading.local()


class _Silence(logging.Filter):
    """At debug level the HTTP library logs each URL, which may carry text and secret."""

    def filter(self, record):
        return getattr(_here, "limit", None) is None


for _name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_Silence())


class GatewayError(Exception):
    """The gateway could not be reached, or did not answer in time.

    :param kind: ``refused``, ``timeout``, ``redirect``, ``network``, ``internal`` or ``token``
    """

    def __init__(self, kind):
        super().__init__(kind)
        self.kind = kind


class Recipe(NamedTuple):
    """The parts of all requests of a gateway, used without the database."""

    method: str
    url: str
    headers: dict
    body: dict | None
    body_format: str
    timeout: int
    allowed: tuple

    def filled(self, facts):
        """Return the arguments of ``guarded_http.deliver`` for one message.

        :param facts: {placeholder: text}, with secret and token
        """
        headers = fill(self.headers, facts)
        headers.setdefault("Idempotency-Key", facts["key"])
        body = None if self.body is None else self._encoded(facts, headers)
        headers = {name: value.encode() for name, value in headers.items()}
        url = fill_url(self.url, facts)
        return self.method, url, headers, body, self.timeout, self.allowed

    def _encoded(self, facts, headers):
        body = fill(self.body, facts)
        if self.body_format == "form":
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
            return urlencode(body).encode()
        headers.setdefault("Content-Type", "application/json")
        return encoded(body)


class Answer(NamedTuple):
    """An answer: status, parsed JSON (None if invalid), seconds to wait, bytes."""

    status: int
    data: object
    retry_after: int
    content: bytes = b""


def unknown_placeholders(value, known=PLACEHOLDERS):
    """Names written in braces that no gateway template knows.

    :param value: text, list or dict of a parsed template
    :param known: the names it may use
    :return: sorted list of names
    """
    found = set(_PLACEHOLDER.findall(json.dumps(value, ensure_ascii=False)))
    return sorted(found - known)


def encoded(value):
    """A value as the JSON that is sent, bytes."""
    return json.dumps(value, ensure_ascii=False).encode()


def fill(value, facts):
    """Put the facts into a parsed template; JSON is built from values, never from text.

    :param value: text, list, dict or plain value
    :param facts: {placeholder: text, or an object where the placeholder is the whole value}
    """
    if isinstance(value, dict):
        return {key: fill(item, facts) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, facts) for item in value]
    if isinstance(value, str):
        whole = _PLACEHOLDER.fullmatch(value)
        if whole and isinstance(facts.get(whole[1]), dict):
            return facts[whole[1]]  # an object stays one
        return _PLACEHOLDER.sub(lambda hit: str(facts.get(hit[1], hit[0])), value)
    return value


def fill_url(url, facts):
    """Put the facts into a URL, each quoted so that it cannot change host, path or query.

    :param url: with placeholders after the host only, see :func:`url_fault`
    :param facts: {placeholder: text}
    """
    return fill(url, {name: quote(str(fact), safe="") for name, fact in facts.items()})


def url_fault(url):
    """Return the fault of a gateway's URL: ``scheme``, ``host``, ``user``, ``metadata`` or None.

    Only an administrator sets it; still no placeholder may choose the host, and the credential
    addresses of clouds are refused.
    """
    try:
        parts = urlsplit(url or "")
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "host"
    if parts.scheme not in ("http", "https"):
        return "scheme"
    if not host or "{" in parts.netloc or re.search(r"\s", url):
        return "host"
    if parts.username is not None:
        return "user"
    return "metadata" if _is_link_local(host) else None


def _is_link_local(host):
    address = _address(host)
    if address is None:
        return host.rstrip(".") == "metadata.google.internal"
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_link_local or address.is_multicast or address.is_unspecified


def _address(host):
    """Return the address of a host, also of decimal, hexadecimal or octal ones; None for a name."""
    with suppress(ValueError):
        return ip_address(host)
    with suppress(OSError, UnicodeError):
        return ip_address(socket.inet_aton(host))
    return None


class _Limit:
    """Ends the connections of an exchange when its time is over, wherever it is by then.

    The library's own limit begins anew with each byte: an answer whose headers drip, or that says
    100 again and again, would hold its sender without end.

    :param seconds: for the whole exchange
    """

    def __init__(self, seconds):
        self.is_over = False
        self._sockets = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self):
        _here.limit = self
        self._timer.start()
        return self

    def __exit__(self, *_error):
        self._timer.cancel()
        _here.limit = None

    def watch(self, opened):
        self._sockets.append(opened)
        if self.is_over:  # connecting took it all
            self._cut()

    def _cut(self):
        self.is_over = True
        for opened in self._sockets:
            with suppress(OSError):  # the plain one's: that of TLS would let plain bytes pass
                socket.socket.shutdown(opened, socket.SHUT_RDWR)


def watch(opened):
    """Have a connection that was opened end with the time of the exchange that it is for.

    :param opened: its socket
    """
    limit = getattr(_here, "limit", None)
    if limit:
        limit.watch(opened)


def send(method, url, headers, body, timeout, adapter):
    """Make one request: no redirect is followed, no answer waited for longer than ``timeout``.

    :param method: GET, POST or PUT
    :param headers: {name: text}
    :param body: bytes, or None
    :param timeout: seconds for the whole exchange
    :param adapter: makes the connection itself, without a proxy, and has it watched
    :raises GatewayError: when there is no answer in time
    :return: :class:`Answer`
    """
    with _Limit(timeout) as limit:
        try:
            response, content = _exchanged(method, url, headers, body, timeout, adapter)
        except (requests.RequestException, ValueError, UnicodeError) as error:
            raise GatewayError(_kind(error, limit)) from None
        if limit.is_over:  # a cut connection looks like an end
            raise GatewayError("timeout")
    if response.is_redirect or response.is_permanent_redirect:
        raise GatewayError("redirect")
    wait = _seconds(response.headers)
    return Answer(response.status_code, _parsed(content), wait, content)


def _kind(error, limit):
    if limit.is_over or isinstance(error, requests.Timeout):
        return "timeout"
    return "refused" if isinstance(error, requests.ConnectionError) else "network"


def _exchanged(method, url, headers, body, timeout, adapter):
    """Return the answer and its bytes."""
    with (
        _session(adapter) as session,
        session.request(
            method,
            url,
            headers=headers,
            data=body,
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        ) as response,
    ):
        return response, _read(response)


def _session(adapter):
    session = requests.Session()
    session.trust_env = False  # a proxy would look the name up again
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _read(response):
    """Read the body byte by byte, so that a part before a failure counts."""
    content = bytearray()
    for piece in response.iter_content(1):
        content += piece
        if len(content) >= MAX_ANSWER:
            break
    return bytes(content)


def _parsed(content):
    try:
        return json.loads(content)
    except ValueError:  # a broken encoding too
        return None


def _seconds(headers):
    text = headers.get("Retry-After", "")
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text) else 0


def status_fits(status, rule):
    """Whether a status is among ``200-299,302``.

    :param rule: numbers and ranges, separated by commas
    """
    for part in rule.split(","):
        first, dash, last = part.strip().partition("-")
        if int(first) <= status <= int(last if dash else first):
            return True
    return False


def rule_fault(rule):
    """Whether a status rule cannot be read."""
    pattern = r"\s*[1-5]\d\d\s*(-\s*[1-5]\d\d\s*)?"
    return not re.fullmatch(rf"{pattern}(,{pattern})*", rule or "")


def pick(data, path):
    """The value at ``data.items.0.id`` of a parsed answer, as text; None when it is not there.

    :param path: keys and list positions, separated by dots
    """
    for step in path.split("."):
        if isinstance(data, dict) and step in data:
            data = data[step]
        elif isinstance(data, list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    if isinstance(data, bool):
        return "true" if data else "false"
    return None if isinstance(data, dict | list) or data is None else clean_text(str(data))


def is_hopeless(status):
    """Whether the same message would be refused again."""
    return status in HOPELESS


def phrase(status):
    """A status in words, such as ``503 Service Unavailable``."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
