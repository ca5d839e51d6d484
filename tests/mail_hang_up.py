"""Run in ``odoo shell``: sends mails to customers by a server that hangs up again and again.

The mail server is a real one of this script: it ends each connection after some mails without a
word, and at each mail to one address. Prints one line of JSON: what arrived, and what became of it.
"""

import json
import os
import time
from collections import Counter
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

from odoo import SUPERUSER_ID, api

from odoo.addons.water_service_desk.messaging.models.mail_mail import LONGER

CUSTOMERS = 12
#: Mails that a connection takes.
PATIENCE = 5
ROUNDS = 12
HATED = "hated@customer.example"
#: Of three colleagues in one mail, one is refused; for another the server accepts the mail and
#: hangs up instead of answering, so many times.
STAFF = DEAF, GONE, LAST = "a-deaf@staff.example", "b-gone@staff.example", "c-last@staff.example"
DEAF_TIMES = 3
registry = globals()["env"].registry
arrived = Counter()
numbers = set()


class Handler(StreamRequestHandler):
    """As much of SMTP as a client needs."""

    def handle(self):
        """Answer until it is enough."""
        self._say("220 mail.example")
        taken, to = 0, []
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "MAIL" and taken == PATIENCE or HATED in line:
                return
            if GONE in line and word == "RCPT":
                self._say("550 nobody here")
                continue
            to = [*to, line] if word == "RCPT" else to
            if word == "DATA":
                self._say("354 go on")
                while (text := self.rfile.readline()) != b".\r\n":
                    if DEAF in to[0] and text.lower().startswith(b"message-id:"):
                        numbers.add(text)
                arrived.update(address.partition("<")[2].partition(">")[0] for address in to)
                if arrived[DEAF] and DEAF in to[0] and arrived[DEAF] <= DEAF_TIMES:
                    return
                taken, to = taken + 1, []
            self._say("221 bye" if word == "QUIT" else "250 well")

    def _say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


def file_cases():
    """A case of each customer: its acknowledgement waits in the queue."""
    with registry.cursor() as cr:
        fresh = api.Environment(cr, SUPERUSER_ID, {})
        fresh["mail.mail"].search([("state", "=", "outgoing")]).write({"state": "cancel"})
        host, port = server.server_address
        values = {"name": "x", "smtp_host": host, "smtp_port": port, "smtp_encryption": "none"}
        fresh["ir.mail_server"].create({**values, "sequence": 1})
        addresses = [f"k{number}@customer.example" for number in range(CUSTOMERS)]
        addresses.insert(CUSTOMERS // 2, HATED)
        rows = [{"subject": "停水", "email_from": address} for address in addresses]
        cases = fresh["water.inquiry"].create(rows)
        people = fresh["res.partner"].create([{"name": one, "email": one} for one in STAFF])
        fresh["mail.thread"].message_notify(
            partner_ids=people.ids,
            subject="Late",
            body="A limit",
            force_send=False,
            email_layout_xmlid="water_service_desk.staff_mail_layout",
        )
        return fresh["water.message"].search([("inquiry_id", "in", cases.ids)]).ids


def send(seconds=60):
    """The scheduled action, on a cursor of its own, with so many seconds left."""
    with registry.cursor() as cr:
        cr.execute(
            "UPDATE mail_mail SET scheduled_date = NULL WHERE water_tries > 0"
        )  # it is later
        end = {"cron_end_time": time.monotonic() + seconds}
        api.Environment(cr, SUPERUSER_ID, end)["mail.mail"].process_email_queue()


def stock(ids):
    """States of the messages and of their mails."""
    with registry.cursor() as cr:
        rows = api.Environment(cr, SUPERUSER_ID, {})["water.message"].browse(ids)
        hated = rows.filtered(lambda row: row.address == HATED)
        return {
            "states": Counter((rows - hated).mapped("state")),
            "mails": Counter((rows - hated).mail_mail_id.mapped("state")),
            "hated": [hated.state, hated.attempt_count, bool(hated.next_try_at)],
            "failure": hated.failure_code,
        }


server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
messages = file_cases()
send(-2 * LONGER)  # it has been at work for minutes: Odoo would kill it soon
late = len(arrived)
for _round in range(ROUNDS):
    send()
staff = [*(arrived.pop(one, 0) for one in STAFF), len(numbers)]
often = {address: number for address, number in arrived.items() if number != 1}
counts = {"late": late, "arrived": len(arrived), "messages": len(messages)}
result = {**counts, "staff": staff, "often": often, **stock(messages)}
print("RESULT " + json.dumps(result), flush=True)
os._exit(0)
