"""nginx of Debian with ``config/nginx.conf`` before Odoo: allowed and blocked requests.

Each test comes from an address of its own: of 127.0.0.0/8 this machine has them all.
"""

import http.client
import json
import ssl
import subprocess
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import _free_port, _listens, _process, _wait_for
from visitor import NO_LIMITS

ROOT = Path(__file__).parents[1]
SERVER_OPTIONS = ["--proxy-mode"]
SERVER_SQL = NO_LIMITS  # those of the application are tested without nginx
#: A page, or the way to it in the visitor's language.
SERVED = {200, 301, 303}
#: Where a process without rights of its own may write, and what a test reads.
HERE = """
http {{
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;"""
#: More than the rate lets through, fewer than the connections an address may hold.
AT_ONCE = 38
#: values that docker-compose.yml has nginx fill into ``site.conf.template``
SITE = {"${SITE}": "127.0.0.1", "${TLS_PORT}": ":8443"}


@dataclass
class Proxy:
    """A running nginx."""

    port: int
    plain_port: int
    trust: ssl.SSLContext

    def door(self, source, plain=False):
        """A connection from the address ``source``, by TLS unless ``plain``."""
        options = {"timeout": 60, "source_address": (source, 0)}
        if plain:
            return http.client.HTTPConnection("127.0.0.1", self.plain_port, **options)
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=self.trust, **options)

    def ask(self, source, path, method="GET", headers=None, body=None, plain=False):
        """``(status, headers, text)`` of one request from the address ``source``."""
        door = self.door(source, plain)
        with closing(door):
            door.request(method, path, body, headers or {})
            answer = door.getresponse()
            return answer.status, answer.headers, answer.read().decode(errors="replace")

    def statuses(self, count, source, path, method="GET", headers=None, body=None):
        """The statuses of ``count`` equal requests, all sent before an answer is awaited.

        However slow Odoo is, they arrive together: the rate that is held up is that of asking.
        """
        with ExitStack() as doors:
            asked = [doors.enter_context(closing(self.door(source))) for _number in range(count)]
            for door in asked:
                door.request(method, path, body, headers or {})
            return [door.getresponse().status for door in asked]


def _certificate(folder):
    paths = folder / "fullchain.pem", folder / "privkey.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=here"
    command += " -addext subjectAltName=IP:127.0.0.1 -out"
    subprocess.run(
        [*command.split(), paths[0], "-keyout", paths[1]], check=True, capture_output=True
    )
    return ssl.create_default_context(cafile=paths[0])


@pytest.fixture(scope="module")
def proxy(server, tmp_path_factory):
    """Before a running Odoo."""
    upstream = server.base_url.removeprefix("http://localhost:")
    with _proxy(tmp_path_factory.mktemp("nginx"), upstream) as found:
        yield found


@contextmanager
def _proxy(folder, upstream):
    """The settings as they are delivered; ports and folders of the test are put in."""
    port, plain = _free_port(), _free_port()
    trust = _certificate(folder)
    site = (ROOT / "config/docker/site.conf.template").read_text()
    for name, value in SITE.items():
        site = site.replace(name, value)
    (folder / "site.conf").write_text(site)
    text = (ROOT / "config" / "nginx.conf").read_text()
    for old, new in (
        ("\nhttp {", HERE.format(folder=folder)),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("include /etc/nginx/conf.d/site.conf;", f"include {folder}/site.conf;"),
        ("/etc/nginx/certificates/fullchain.pem", f"{folder}/fullchain.pem"),
        ("/etc/nginx/certificates/privkey.pem", f"{folder}/privkey.pem"),
        ("/var/www/acme", str(folder)),
        ("server odoo:8069;", f"server 127.0.0.1:{upstream};"),
        ("server odoo:8072;", f"server 127.0.0.1:{upstream};"),  # without workers it is one
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    settings, log = folder / "nginx.conf", folder / "nginx.log"
    settings.write_text(text)
    command = ["/usr/sbin/nginx", "-p", folder, "-c", settings, "-e", folder / "error.log"]
    command += ["-g", f"daemon off; pid {folder}/pid;"]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    with _process(command, log) as running:
        _wait_for(running, log, lambda: _listens(port) and _listens(plain))
        yield Proxy(port, plain, trust)


def test_page_and_headers(proxy):
    """The public form works; headers protect it, and no versions are shown."""
    status, headers, text = proxy.ask("127.0.1.1", "/water/report")
    assert status == 303, text[:500]  # to the page in the visitor's language, by its true address
    here, path = f"https://127.0.0.1:{proxy.port}", headers["Location"]
    status, headers, text = proxy.ask("127.0.1.1", path.removeprefix(here))
    assert status == 200, (path, text[:500])
    assert "/water/report/complaint" in text
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors" in headers["Content-Security-Policy"]
    assert headers["Server"] == "nginx"


def test_cookie(proxy):
    """The session's cookie is for this site alone, and never travels without TLS."""
    for told in ({}, {"X-Forwarded-Proto": "http"}):
        _status, headers, _text = proxy.ask("127.0.1.2", "/web/login", headers=told)
        (cookie,) = [text for text in headers.get_all("Set-Cookie") if "session_id" in text]
        assert "httponly" in cookie.lower()
        assert "samesite=lax" in cookie.lower()
        assert "; secure" in cookie.lower(), cookie


def test_without_tls(proxy):
    """Only the redirect to TLS, and the proof of the domain."""
    status, headers, _text = proxy.ask("127.0.1.8", "/web/login?x=1", plain=True)
    assert (status, headers["Location"]) == (301, "https://127.0.0.1:8443/web/login?x=1")
    assert "Set-Cookie" not in headers
    status, _headers, _text = proxy.ask("127.0.1.8", "/.well-known/acme-challenge/x", plain=True)
    assert status == 404


def test_hsts(proxy):
    """Said once, with pages, refusals and files alike."""
    for path in ("/web/login", "/xmlrpc", "/web/static/img/logo.png"):
        _status, headers, _text = proxy.ask("127.0.1.8", path)
        assert headers.get_all("Strict-Transport-Security") == ["max-age=31536000"], path


def test_known_hosts_alone(proxy):
    """Another host, or a made-up one, gets no answer at all, with TLS and without."""
    for host in ("evil.example", "localhost", "127.0.0.1.evil.example"):
        for plain in (True, False):
            with pytest.raises((http.client.RemoteDisconnected, http.client.BadStatusLine)):
                proxy.ask("127.0.1.9", "/web/login", headers={"Host": host}, plain=plain)
    told = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    _status, headers, _text = proxy.ask("127.0.1.9", "/water/report", headers=told)
    assert "evil" not in headers["Location"]


def test_old_tls(proxy):
    """Versions that are broken are not spoken."""
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    door = http.client.HTTPSConnection("127.0.0.1", proxy.port, context=old, timeout=60)
    with closing(door), pytest.raises(ssl.SSLError):
        door.request("GET", "/web/login")


def test_closed_doors(proxy):
    """Databases, interfaces with passwords and figures of the system: not there, by any method."""
    for path in (
        "/web/database/manager",
        "/web/database/selector",
        "/web/database/list",
        "/xmlrpc/2/common",
        "/xmlrpc/common",
        "/jsonrpc",
        "/water/metrics",
        "/zh_CN/water/metrics",
    ):
        for method in ("GET", "POST"):
            assert proxy.ask("127.0.1.3", path, method)[0] == 404, path


@pytest.mark.parametrize("prefix", ["", "/en", "/zh_CN"])
def test_public_rate(proxy, prefix):
    """Endless requests of public pages are slowed down in any language; others are not."""
    source = f"127.0.2.{len(prefix) + 1}"
    found = proxy.statuses(AT_ONCE, source, f"{prefix}/water/track")
    assert set(found) - {429} <= SERVED, found
    assert 1 <= found.count(429) <= AT_ONCE - 31, found  # one and the burst are served
    assert proxy.ask(f"127.0.3.{len(prefix) + 1}", "/water/track")[0] in SERVED


SIGN_IN = ("/web/login", "/web/login/", "/web/session/authenticate", "/en/web/reset_password/")


@pytest.mark.parametrize("path", SIGN_IN)
def test_login_rate(proxy, path):
    """Attempts to sign in are held up, looking at the form is not."""
    source = f"127.0.1.{50 + SIGN_IN.index(path)}"
    attempt = {"method": "POST", "body": "login=admin&password=x"}
    attempt["headers"] = {"Content-Type": "application/x-www-form-urlencoded"}
    found = proxy.statuses(14, source, path, **attempt)
    # one and the burst are looked at; which ones, the processes of nginx decide
    assert 1 <= found.count(429) <= 14 - 11, found
    assert proxy.ask(source, "/web/login")[0] == 200


def test_too_much(proxy):
    """A body over the limit is refused before it is read."""
    for path, megabytes in (("/water/report/complaint", 111), ("/json/2/water.api/ping", 151)):
        size = {"Content-Length": str(megabytes * 1024 * 1024)}
        assert proxy.ask("127.0.1.6", path, "POST", size)[0] == 413, path


def test_asking_user(proxy, server):
    """Odoo sees the customer's address, not nginx's or an invented one."""
    # a page whose visitors are named in the log: who files without a login is not
    proxy.ask("127.0.1.7", "/web/login", headers={"X-Forwarded-For": "203.0.113.9"})
    log = server.log.read_text(errors="replace")
    assert " 127.0.1.7 " in log
    assert "203.0.113.9" not in log


def test_websocket(proxy):
    """Notices reach the browser at once: the connection is handed on."""
    wanted = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Origin": f"https://127.0.0.1:{proxy.port}",
    }
    door = proxy.door("127.0.1.10")
    with closing(door):
        door.request("GET", "/websocket", headers=wanted)
        assert door.getresponse().status == 101


def test_without_odoo(tmp_path):
    """Each door says that it is worth while to ask again, to people and to machines."""
    with _proxy(tmp_path, _free_port()) as alone:
        status, headers, text = alone.ask("127.0.1.20", "/my", headers={"Host": "127.0.0.1"})
        assert (status, headers["Retry-After"]) == (503, "5")
        assert "稍后再试" in text and headers["Strict-Transport-Security"]
        status, headers, text = alone.ask("127.0.1.20", "/json/2/water.api/submit", "POST")
        assert (status, headers["Retry-After"]) == (503, "5")
        assert json.loads(text)["name"] == "werkzeug.exceptions.ServiceUnavailable"
