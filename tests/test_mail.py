"""The e-mail door with real servers: SMTP in, IMAP out, answers, bounces, robots, a crowd."""

import email.policy
import json
import subprocess
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

import pytest

FLOOD = 5
SETUP = """
from datetime import timedelta
from odoo import fields
domain = env["mail.alias.domain"].create(
    {"name": "water.example", "bounce_alias": "bounce", "catchall_alias": "catchall"})
env["res.company"].search([]).alias_domain_id = domain
env.company.write({"water_mail_flood": %(flood)s, "email": "office@water.example"})
desk = env.ref("water_service_desk.department_csc")
desk.write({"alias_name": "service", "alias_domain_id": domain.id})
lab = env.ref("water_service_desk.department_lab")
lab.write({"alias_name": "quality", "alias_domain_id": domain.id, "mail_kind": "complaint"})
env["ir.mail_server"].create({"name": "x", "smtp_host": "127.0.0.1", "smtp_port": %(smtp)s,
    "smtp_encryption": "none", "sequence": 1})
box = env["fetchmail.server"].create({"name": "x", "server_type": "imap", "server": "127.0.0.1",
    "port": %(imap)s, "is_ssl": False, "user": "service", "password": "secret"})
box.button_confirm_login()
until = fields.Datetime.now() + timedelta(days=1)
admin = env.ref("base.user_admin")
key = env["res.users.apikeys"].with_user(admin)._generate("rpc", "test", until)
env.cr.commit()
import json
print("RESULT " + json.dumps({"key": key, "box": box.id}))
"""


class Post:
    """Odoo's side: fetches new mail."""

    def __init__(self, server, facts):
        self.server, self.facts = server, facts

    def _call(self, model, method, **values):
        request = urllib.request.Request(
            f"{self.server.base_url}/json/2/{model}/{method}",
            json.dumps(values).encode(),
            {
                "Authorization": f"bearer {self.facts['key']}",
                "X-Odoo-Database": self.server.db,
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=120) as response:
            return json.load(response)

    def fetch(self):
        """Fetch the mailbox; the scheduler sends what waits."""
        self._call("fetchmail.server", "fetch_mail", ids=[self.facts["box"]])


@pytest.fixture(scope="module")
def post(server, stack, mailboxes):
    command = [stack["python"], stack["odoo"], "shell", "-c", stack["config"], "-d", server.db]
    facts = {"flood": FLOOD, "smtp": mailboxes.smtp, "imap": mailboxes.imap}
    done = subprocess.run(
        [*command, "--no-http", "--log-level=critical"],
        input=SETUP % facts,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    assert lines, done.stdout[-2000:] + done.stderr[-3000:]
    return Post(server, json.loads(lines[0].removeprefix("RESULT ")))


def mail(sender, subject, body="家里没有水了。", to="service@water.example", **headers):
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-Id"] = make_msgid(domain="customer.example")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return message


def until(condition, step=lambda: None, seconds=60, what=""):
    """Repeat ``step`` until the condition holds; its value."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        step()
        value = condition()
        if value:
            return value
        time.sleep(0.3)
    pytest.fail(f"{what or 'it'} did not come within {seconds} s")


def cases(query, address, table="water_inquiry"):
    return query(f"SELECT id, name FROM {table} WHERE email_from = '{address}' ORDER BY id")


def test_a_talk_in_one_thread(post, mailboxes, query):
    """A mail with a Chinese subject, the acknowledgement, an answer to it: one case, one thread."""
    wang = "wang@customer.example"
    first = mail(f"王芳 <{wang}>", "水表停转，请派人处理")
    mailboxes.send(first)
    until(lambda: cases(query, wang), post.fetch, what="the case")
    [[case_id, number]] = cases(query, wang)
    [receipt] = until(lambda: mailboxes.delivered(wang), post.fetch, what="the acknowledgement")
    assert number in str(receipt["Subject"])
    assert first["Message-Id"] in str(receipt["References"])
    assert receipt["Auto-Submitted"] == "auto-generated"
    assert "service@water.example" in str(receipt["Reply-To"])
    assert number in receipt.get_body(("html",)).get_content()
    answer = mail(
        wang,
        f"回复：{receipt['Subject']}",
        "照片明天发。\n\n在 2026年3月11日，供水公司 写道：\n> 已收到",
        to=str(receipt["Reply-To"]),
        In_Reply_To=str(receipt["Message-Id"]),
        References=f"{first['Message-Id']} {receipt['Message-Id']}",
    )
    mailboxes.send(answer)
    statement = (
        "SELECT payload->>'text' FROM water_case_event"
        f" WHERE inquiry_id = {case_id} AND kind = 'customer_message'"
    )
    rows = until(lambda: query(statement), post.fetch, what="the answer")
    assert rows == [["照片明天发。"]]
    post.fetch()
    assert len(cases(query, wang)) == 1
    assert len(mailboxes.delivered(wang)) == 1, "the answer was acknowledged again"


def test_the_address_decides_the_kind(post, mailboxes, query):
    zhao = "zhao@customer.example"
    mailboxes.send(mail(zhao, "水发黄", to="quality@water.example"))
    found = until(lambda: cases(query, zhao, "water_complaint"), post.fetch, what="the complaint")
    assert len(found) == 1
    assert not cases(query, zhao)


def test_a_mail_that_comes_back(post, mailboxes, query):
    """The acknowledgement bounces: the bounce marks it, and makes no case."""
    nobody = "nobody@customer.example"
    mailboxes.send(mail(nobody, "没有水"))
    [[case_id, _number]] = until(lambda: cases(query, nobody), post.fetch, what="the case")
    statement = f"SELECT state, failure_code FROM water_message WHERE inquiry_id = {case_id}"
    until(lambda: query(statement) == [["given_up", "bounce"]], post.fetch, what="the bounce")
    assert query("SELECT count(*) FROM water_inquiry WHERE email_from ILIKE '%daemon%'") == [["0"]]


def test_a_polite_robot(post, mailboxes, query):
    """An absence note in answer to the acknowledgement leads nowhere."""
    chen = "chen@customer.example"
    mailboxes.send(mail(chen, "水费问题"))
    [receipt] = until(lambda: mailboxes.delivered(chen), post.fetch, what="the acknowledgement")
    note = mail(
        chen,
        f"自动回复: {receipt['Subject']}",
        "我在休假。",
        In_Reply_To=str(receipt["Message-Id"]),
        Auto_Submitted="auto-replied",
    )
    mailboxes.send(note, sender="<>")
    number = note["Message-Id"]
    statement = f"SELECT outcome FROM water_inbound_mail WHERE message_id = '{number}'"
    assert until(lambda: query(statement), post.fetch, what="the note") == [["ignored"]]
    post.fetch()
    assert len(mailboxes.delivered(chen)) == 1
    assert len(cases(query, chen)) == 1


def test_a_rude_robot(post, mailboxes, query):
    """A robot that answers each mail as if it were a new one is left alone after a while."""
    robot = "robot@customer.example"
    mailboxes.send(mail(robot, "hello"))
    answered = quiet = 0
    while quiet < 4:
        post.fetch()
        time.sleep(1.5)
        received = mailboxes.delivered(robot)
        quiet = 0 if len(received) > answered else quiet + 1
        for _receipt in received[answered:]:
            mailboxes.send(mail(robot, "thank you for your mail", "I am a robot."))
        answered = len(received)
        assert answered <= FLOOD, "it does not end"
    assert answered == FLOOD
    assert len(cases(query, robot)) == FLOOD
    aside = query(f"SELECT outcome, reason FROM water_inbound_mail WHERE sender = '{robot}'")
    assert aside.count(["aside", "flood"]) == 1


@contextmanager
def full(folder):
    """Meanwhile a folder is read-only."""
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(0o555)
    try:
        yield
    finally:
        for path in folders:
            path.chmod(0o755)


def test_a_full_disk(post, mailboxes, query, stack):
    """Unstorable mails stay unread in the mailbox, and become cases later."""
    sun = mail("sun@customer.example", "水表照片")
    voice = b"ID3\x03" + bytes(40)
    sun.add_attachment(voice, maintype="audio", subtype="mpeg", filename="a.mp3")
    rows = f"SELECT outcome FROM water_inbound_mail WHERE message_id = '{sun['Message-Id']}'"
    failed = "SELECT 1 FROM fetchmail_server WHERE error_date IS NOT NULL"
    with full(Path(stack["data"]) / "filestore" / post.server.db):
        mailboxes.send(sun)

        def fetch():
            with suppress(urllib.error.HTTPError):  # it says that it could not
                post.fetch()

        until(lambda: query(failed), fetch, what="the failure")
        assert query(rows) == []
    assert len(until(lambda: query(rows), post.fetch, what="the mail")) == 1
    assert query(failed) == []


def test_thirty_at_once(post, mailboxes, query):
    """Many people write in the same second: each gets a case and an acknowledgement."""
    people = [f"crowd{number}@customer.example" for number in range(30)]
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda person: mailboxes.send(mail(person, "停水")), people))
    statement = "SELECT count(*) FROM water_inquiry WHERE email_from LIKE 'crowd%'"
    until(lambda: query(statement) == [["30"]], post.fetch, seconds=120, what="the last case")
    until(
        lambda: all(len(mailboxes.delivered(person)) == 1 for person in people),
        post.fetch,
        seconds=120,
        what="the last acknowledgement",
    )
    numbers = query("SELECT count(DISTINCT name) FROM water_inquiry WHERE email_from LIKE 'crowd%'")
    assert numbers == [["30"]]
    assert mailboxes.waiting() == 0
