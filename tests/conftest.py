"""Shared parts of the end-to-end tests: a real Odoo, mail server and browser.

``bin/test`` passes the template database and the programs by ``WATER_STACK``. Each test file gets
its own server and database.
"""

import email
import email.policy
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import mail_servers
import pytest
from playwright.sync_api import expect, sync_playwright

FAILED = pytest.StashKey[bool]()
expect.set_options(timeout=30_000)  # a busy machine takes its time; a quick one loses none
BROWSER = "chromium-headless-shell"
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass
class Server:
    """A running Odoo on an own database."""

    base_url: str
    db: str
    mail: Path
    log: Path

    def mails(self, to=None):
        """Return the mails received so far, oldest first; only those to the address ``to``."""
        found = []
        for path in sorted(self.mail.glob("*.eml")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if not to or to in str(message["X-Envelope-To"]):
                found.append(message)
        return found

    def wait_for_mail(self, to, subject="", seconds=60):
        """Return the first mail to ``to`` whose subject holds ``subject``, or fail in the end."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in self.mails(to):
                if subject in str(message["subject"]):
                    return message
            time.sleep(0.2)
        seen = [str(message["subject"]) for message in self.mails()]
        pytest.fail(f"no mail to {to} about {subject!r} within {seconds} s; received: {seen}")


@pytest.fixture(scope="session")
def stack():
    """Where bin/test has put things."""
    if "WATER_STACK" not in os.environ:
        pytest.fail("run the end-to-end tests through bin/test")
    return json.loads(Path(os.environ["WATER_STACK"]).read_text())


@pytest.fixture(scope="session")
def copied(stack):
    """Return a function: ``with copied(name, source):`` provides a copy of database ``source``.

    Without ``source`` it copies the template. A copied database must have no connections, so tests
    that only read the template use a copy as well.
    """
    return partial(_database, stack)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def _database(stack, name, source=None):
    files, source = Path(stack["data"]) / "filestore", source or stack["template"]
    subprocess.run(["dropdb", "--if-exists", "--force", name], check=True)
    subprocess.run(["createdb", "-T", source, name], check=True)
    shutil.rmtree(files / name, ignore_errors=True)
    if (files / source).exists():
        shutil.copytree(files / source, files / name, copy_function=os.link)
    try:
        yield
    finally:
        subprocess.run(["dropdb", "--if-exists", "--force", name], check=True)
        shutil.rmtree(files / name, ignore_errors=True)


@contextmanager
def _process(args, log, end=signal.SIGTERM):
    """A program that runs meanwhile.

    :param end: what ends it; SIGKILL ends its children as well
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(arg) for arg in args],
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            # a worker of Odoo waits two seconds for a client, which a busy machine may need longer
            env={**os.environ, "ODOO_HTTP_SOCKET_TIMEOUT": "60"},
            start_new_session=end == signal.SIGKILL,
        )
    try:
        yield process
    finally:
        if end == signal.SIGKILL:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, end)
        else:
            process.send_signal(end)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(process, log, answers):
    for _attempt in range(600):
        if process.poll() is not None:
            break
        if answers():
            return
        time.sleep(0.1)
    pytest.fail(f"it did not start:\n{log.read_text(errors='replace')[-3000:]}")


def _listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _serves(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/web/login")
        return connection.getresponse().status in (200, 303)  # a website names the language
    except OSError:
        return False
    finally:
        connection.close()


@pytest.fixture(scope="module")
def server(serving, request):
    """An Odoo with the demo data, and the folder of the mails it sends.

    A test file sets ``SERVER_OPTIONS`` for more options of Odoo, such as several workers, and
    ``SERVER_SQL`` for a statement that is run before it starts.
    """
    module = request.module
    with serving(getattr(module, "SERVER_OPTIONS", ()), getattr(module, "SERVER_SQL", "")) as found:
        yield found


@pytest.fixture(scope="session")
def serving(stack, tmp_path_factory):
    """Return a function: ``with serving(options, sql, source, prefix):`` there is a ``Server``.

    :param prefix: what its command begins with, such as a namespace
    """
    return partial(_serving, stack, tmp_path_factory)


@contextmanager
def _serving(stack, tmp_path_factory, options=(), sql="", source=None, prefix=()):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"water-e2e-{worker}"
    folder = tmp_path_factory.mktemp("server")
    mail, log, mail_log = folder / "mail", folder / "odoo.log", folder / "mail.log"
    smtp, port = _free_port(), _free_port()
    base_url = f"http://localhost:{port}"
    sink = [stack["python"], stack["mailsink"], "--folder", mail, "--smtp-port", smtp]
    odoo = [*prefix, stack["python"], stack["odoo"], "-c", stack["config"], "-d", name]
    odoo += [f"--http-port={port}", f"--smtp-port={smtp}"]
    odoo += ["--smtp=127.0.0.1", f"--gevent-port={_free_port()}", *options]
    with _database(stack, name, source), _process(sink, mail_log) as sinking:
        _wait_for(sinking, mail_log, lambda: _listens(smtp))
        _set_address(name, base_url)
        _psql(name, sql)
        # nothing of it is kept, and a regular shutdown takes seconds
        with _process(odoo, log, signal.SIGKILL) as running:
            _wait_for(running, log, lambda: _serves(port))
            yield Server(base_url, name, mail, log)


def _set_address(name, base_url):
    """Links in mails must lead to this server."""
    statement = (
        "INSERT INTO ir_config_parameter (key, value) VALUES "
        f"('web.base.url', '{base_url}'), ('web.base.url.freeze', 'True') "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    )
    _psql(name, statement)


def _psql(name, statement):
    subprocess.run(["psql", "-X", "-q", "-d", name, "-c", statement], check=True)


@pytest.fixture(scope="module")
def mailboxes(tmp_path_factory):
    """A mail server and a mailbox server of Debian on free ports, see ``mail_servers``."""
    folder = tmp_path_factory.mktemp("mailboxes")
    smtp, imap = _free_port(), _free_port()
    exim, dovecot = mail_servers.write_settings(folder, smtp, imap)
    logs = folder / "exim.out", folder / "dovecot.out"
    with _process(exim, logs[0]) as sending, _process(dovecot, logs[1]) as serving:
        _wait_for(sending, logs[0], lambda: _listens(smtp))
        _wait_for(serving, logs[1], lambda: _listens(imap))
        yield mail_servers.MailServers(smtp, imap, folder)


@dataclass
class Database:
    """A copy of the template database and what it takes to run Odoo's command on it."""

    name: str
    python: str
    odoo: str
    config: str


@pytest.fixture
def database(stack):
    """A database of the test's own, without a server."""
    name = f"water-alone-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with _database(stack, name):
        yield Database(name, stack["python"], stack["odoo"], stack["config"])


@pytest.fixture
def run_alone(database):
    """Return a function that runs scripts in ``odoo shell``, as one, and gives what they found.

    The last one prints ``RESULT`` and one line of JSON.
    """
    command = [database.python, database.odoo, "shell", "-c", database.config, "-d", database.name]

    def _run(*scripts):
        done = subprocess.run(
            [*command, "--no-http", "--log-level=critical"],
            input="\n".join(script.read_text() for script in scripts),
            capture_output=True,
            text=True,
            timeout=1800 if os.environ.get("WATER_LONG") else 300,
            check=False,
        )
        lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
        assert lines, done.stdout[-2000:] + done.stderr[-3000:]
        return json.loads(lines[0].removeprefix("RESULT "))

    return _run


@pytest.fixture
def query(server):
    """Return a function that reads from the server's database: rows of texts."""

    def _query(statement):
        done = subprocess.run(
            ["psql", "-X", "-At", "-F", "\t", "-d", server.db, "-c", statement],
            check=True,
            capture_output=True,
            text=True,
        )
        return [line.split("\t") for line in done.stdout.splitlines()]

    return _query


@pytest.fixture(scope="session")
def browser():
    """Debian's Chromium without windows, which takes half the processor time of the one with."""
    program = shutil.which(BROWSER)
    if not program:
        pytest.fail(f"{BROWSER} is not installed; bin/test installs it")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        yield chromium
        chromium.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Remember how the test went, for fixtures that act on a failure."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def errors():
    """Messages of the browser's console that tell of an error."""
    found = []
    yield found
    assert not found, found


@pytest.fixture
def sign_in(browser, server, stack, request):
    """Return a function that signs a user in and returns the page.

    ``sign_in("limin")`` uses the login as password, as in the demo data. Further arguments go to
    Playwright's ``new_context``, such as ``viewport={"width": 390, "height": 844}``.
    """
    contexts = []

    def _sign_in(login, password=None, **options):
        options = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"} | options
        contexts.append(browser.new_context(base_url=server.base_url, **options))
        page = contexts[-1].new_page()
        page.goto("/web/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", password or login)
        page.click("form.oe_login_form button[type=submit]")
        page.wait_for_url(lambda url: "/web/login" not in url)
        return page

    yield _sign_in
    if request.node.stash.get(FAILED, False):
        _photograph(contexts, Path(stack.get("screenshots", server.log.parent)))
    for context in contexts:
        context.close()


def _photograph(contexts, folder):
    """Save screenshots of all users after a failure."""
    folder.mkdir(exist_ok=True)
    for number, context in enumerate(contexts):
        for page in context.pages:
            page.screenshot(path=folder / f"failed-{number}.png")
            print(f"what was seen: {folder / f'failed-{number}.png'} ({page.url})")
