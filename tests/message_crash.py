"""Run in ``odoo shell``: sends messages from two processes at once, and kills senders at random.

The gateway is a real HTTP server of this script. Prints one line of JSON: how often each message
arrived, and under how many keys.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import odoo.sql_db
from odoo import SUPERUSER_ID, api, fields

from odoo.addons.water_service_desk.base.trust import trusted

COUNT = 120
KILLS = 15
registry = globals()["env"].registry
arrived = Counter()
hasty = Event()  # set: the gateway tells that a message was delivered before it answers


class Handler(BaseHTTPRequestHandler):
    """Takes every message, a little slowly."""

    def do_POST(self):  # noqa: N802  # name that http.server calls
        length = int(self.headers["Content-Length"])
        key = json.loads(self.rfile.read(length))["id"]
        arrived[key] += 1
        if hasty.is_set():
            report(key)
        time.sleep(0.004)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        """No output."""


def report(key):
    """A receipt, on a cursor of its own."""
    with registry.cursor() as cr:
        api.Environment(cr, SUPERUSER_ID, {})["water.message"].report_delivery(key)
        cr.commit()


def queue(url):
    """Messages that are all due."""
    with registry.cursor() as cr:
        fresh = api.Environment(cr, SUPERUSER_ID, {})
        waiting = [("state", "in", ("queued", "failed"))]
        trusted(fresh["water.message"].search(waiting)).write({"next_try_at": False})
        allowed = "water_service_desk.webhook_networks"
        fresh["ir.config_parameter"].set_param(allowed, "127.0.0.1")
        gateway = fresh["water.gateway"].create(
            {"name": "G", "url": url, "body": '{"id": "{key}"}', "headers": "{}"}
        )
        values = {
            "subject": "x",
            "medium": "sms",
            "address": "+8613812345678",
            "gateway_id": gateway.id,
            "company_id": fresh.company.id,
            "next_try_at": fields.Datetime.now(),
        }
        rows = trusted(fresh["water.message"]).create([dict(values) for _row in range(COUNT)])
        return rows.ids


def send():
    """The scheduled action on a cursor of its own."""
    with registry.cursor() as cr:
        api.Environment(cr, SUPERUSER_ID, {})["water.message"]._cron_send()
        cr.commit()


def sender():
    """Start a sender as a process of its own."""
    odoo.sql_db.close_all()
    child = os.fork()
    if not child:
        try:
            send()
        finally:
            os._exit(1 if sys.exc_info()[0] else 0)
    return child


def states(ids):
    """How many messages are in which state."""
    with registry.cursor() as cr:
        cr.execute("SELECT state FROM water_message WHERE id IN %s", [tuple(ids)])
        return Counter(state for (state,) in cr.fetchall())


def end_leases(ids):
    """Let the claims of senders that were killed run out."""
    with registry.cursor() as cr:
        cr.execute(
            "UPDATE water_message SET next_try_at = now() at time zone 'utc' - interval '1 second'"
            " WHERE id IN %s AND state IN ('queued', 'failed')",
            [tuple(ids)],
        )


def together(ids):
    """Four senders at the same time: none of them breaks off where they meet."""
    ended = [os.waitpid(child, 0)[1] for child in [sender() for _number in range(4)]]
    return {"ended": ended, "states": states(ids), "arrived": len(arrived), "twice": twice()}


def told(ids):
    """One sender, whose gateway's receipts are there before its answers."""
    hasty.set()
    ended = os.waitpid(sender(), 0)[1]
    hasty.clear()
    return {"ended": ended, "states": states(ids), "arrived": len(arrived), "twice": twice()}


def twice():
    """Messages that arrived more than once."""
    return sum(1 for number in arrived.values() if number > 1)


def killed(ids):
    """Senders killed at random; each time at most the one under way is sent again."""
    kills = 0
    while states(ids)["queued"] and kills < KILLS:
        child = sender()
        time.sleep(random.uniform(0.05, 0.25))
        os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        kills += os.WIFSIGNALED(status)
        end_leases(ids)
    while states(ids)["queued"]:
        end_leases(ids)
        os.waitpid(sender(), 0)
    return {"kills": kills, "states": states(ids), "arrived": len(arrived), "twice": twice()}


random.seed(12345)
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}/"
result = {"together": together(queue(address))}
arrived.clear()
result["killed"] = killed(queue(address))
arrived.clear()
result["told"] = told(queue(address))
print("RESULT " + json.dumps(result), flush=True)
sys.stdout.flush()
os._exit(0)
