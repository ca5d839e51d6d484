"""A rolling restart: one machine after the other, each without requests, and asked afterwards."""

import subprocess
import time
import urllib.error
import urllib.request

from ..place import Stop, say
from .render import UPSTREAMS, upstreams

#: Seconds for what is being answered, and for a machine to come back.
DRAIN, PATIENCE = 10, 180
SERVICES = {"web": ("water-websocket", "water-web"), "jobs": ("water-jobs",)}


class Remote:
    """What is done to a machine, by ssh as root."""

    def _run(self, node, command, text=None):
        done = subprocess.run(
            ["ssh", "-o", "BatchMode=yes", f"root@{node.address}", command],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Stop(f"{node.name}: {command}: {done.stderr.strip()}")

    def restart(self, node, services):
        """End them and start them anew."""
        self._run(node, f"systemctl restart {' '.join(services)}")

    def steer(self, node, text):
        """Give a proxy other upstreams; what it is carrying goes on."""
        self._run(node, f"cat >/{UPSTREAMS} && nginx -t -q && systemctl reload nginx", text)

    def is_well(self, node):
        """Whether its Odoo answers and reaches the database."""
        try:
            url = f"http://{node.address}:8069/web/health?db_server_status=1"
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status == 200
        except OSError:
            return False


def roll(inventory, remote, drain=DRAIN):
    """Restart the web nodes, then the jobs nodes.

    :param drain: seconds for what is being answered
    :raises Stop: when one does not come back: the others go on as they are
    """
    for node in inventory.of("web"):
        say(f"{node.name}: no new requests ...")
        _steer(inventory, remote, {node.name})
        time.sleep(drain)
        remote.restart(node, SERVICES["web"])
        _wait(remote, node)
        _steer(inventory, remote, set())
        say(f"{node.name}: is back")
    for node in inventory.of("jobs"):
        remote.restart(node, SERVICES["jobs"])
        say(f"{node.name}: restarted")


def _steer(inventory, remote, away):
    for proxy in inventory.of("proxy"):
        remote.steer(proxy, upstreams(inventory, away))


def _wait(remote, node):
    end = time.monotonic() + PATIENCE
    while not remote.is_well(node):
        if time.monotonic() > end:
            raise Stop(
                f"{node.name} does not answer {PATIENCE} s after its restart; it gets no requests"
            )
        time.sleep(1)
