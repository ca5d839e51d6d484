"""A rolling restart: one machine after the other, each without requests, and asked afterwards."""

import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

from ..place import Stop, say
from .render import UPSTREAMS, upstreams

#: Seconds for what is being answered, and for a machine to come back.
DRAIN, PATIENCE = 10, 180
#: The program on a machine, the one that is to follow it, and the one that was there before.
PROGRAM, NEXT, BEFORE = (f"/opt/water-service{ending}" for ending in ("", ".next", ".before"))
#: What an upgrade has come to, while it is under way.
MARK = f"{PROGRAM}.upgrade"
#: Units may be others in another version.
UNITS = f"cp {PROGRAM}/config/systemd/* /etc/systemd/system/ && systemctl daemon-reload"
SERVICES = {"web": ("water-websocket", "water-web"), "jobs": ("water-jobs",)}


#: Of a node: a digest of its program, one of the program that is to follow it, and its mark.
STANDING = f"""
digest() {{
  cd "$1/addons" 2>/dev/null || {{ echo; return; }}
  find . -type f ! -name '*.pyc' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
}}
(digest {PROGRAM}); (digest {NEXT}); echo "$(cat {MARK} 2>/dev/null)\""""
#: One program in the place of the other, from wherever somebody was broken off at it.
TAKE = f"""set -e
if [ -e {NEXT} ] && [ -e {PROGRAM} ]; then rm -rf {BEFORE}; mv {PROGRAM} {BEFORE}; fi
if [ -e {NEXT} ]; then mv {NEXT} {PROGRAM}; fi"""
GIVE_BACK = f"""set -e
if [ ! -e {NEXT} ] && [ -e {BEFORE} ]; then mv {PROGRAM} {NEXT}; fi
if [ ! -e {PROGRAM} ]; then mv {BEFORE} {PROGRAM}; fi"""
#: Of a machine whose power fails meanwhile ssh would hear in two hours that it is gone.
SSH = [word for option in ("BatchMode=yes", "ConnectTimeout=10") for word in ("-o", option)]
SSH += ["-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=6"]
NOT_REACHED = 255  # of ssh itself; what was begun over there may be going on


class Away(Stop):
    """A machine cannot be reached, and nobody knows what has become of what it was told."""


@dataclass(frozen=True)
class Standing:
    """Which programs a machine has, by their digests, and how far its upgrade was."""

    program: str
    following: str
    mark: str


class Remote:
    """What is done to a machine, by ssh as root."""

    def _run(self, node, command, text=None):
        done = subprocess.run(
            ["ssh", *SSH, f"root@{node.address}", command],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == NOT_REACHED:
            raise Away(f"{node.name} cannot be reached: {done.stderr.strip()}")
        if done.returncode:
            told = command.strip().splitlines()[-1]
            raise Stop(f"{node.name}: {told}: {done.stderr.strip()}")
        return done.stdout

    def restart(self, node, services):
        """End them and start them anew."""
        self._run(node, f"systemctl restart {' '.join(services)}")

    def stop(self, node, services):
        """End them."""
        self._run(node, f"systemctl stop {' '.join(services)}")

    def start(self, node, services):
        """Start them."""
        self._run(node, f"systemctl start {' '.join(services)}")

    def standing(self, node):
        """Which programs it has, and how far an upgrade is.

        :raises Away: when it cannot be reached
        """
        lines = [line.split(" ")[0] for line in self._run(node, STANDING).splitlines()]
        return Standing(*lines)

    def mark(self, node, word):
        """Keep what an upgrade has come to; nothing once it is over."""
        self._run(node, f"echo {word} > {MARK} && sync {MARK}" if word else f"rm -f {MARK}")

    def take(self, node):
        """The new program takes the place of the old one, which is kept."""
        self._run(node, f"{TAKE}\n{UNITS}")

    def give_back(self, node):
        """The old program takes its place again."""
        self._run(node, f"{GIVE_BACK}\n{UNITS}")

    def migrate(self, node):
        """Bring the tables to the version of the program."""
        self._run(node, "systemctl start water-upgrade.service")

    def steer(self, node, text):
        """Give a proxy other upstreams; what it is carrying goes on."""
        self._run(node, f"cat >/{UPSTREAMS} && nginx -t -q && systemctl reload nginx", text)

    def is_well(self, node):
        """Whether its Odoo answers and reaches the database."""
        return self._answers(node, "/web/health?db_server_status=1")

    def serves(self, node):
        """Whether its Odoo shows our pages: it does not while the tables are of another version."""
        return self._answers(node, "/water")

    @staticmethod
    def _answers(node, path):
        try:
            url = f"http://{node.address}:8069{path}"
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
        steer(inventory, remote, {node.name})
        time.sleep(drain)
        remote.restart(node, SERVICES["web"])
        wait(remote.is_well, node)
        steer(inventory, remote, set())
        say(f"{node.name}: is back")
    for node in inventory.of("jobs"):
        remote.restart(node, SERVICES["jobs"])
        say(f"{node.name}: restarted")


def steer(inventory, remote, away):
    """Have the proxies ask all web nodes but those ``away``.

    :raises Stop: when one could not be told; all others have been
    """
    faults = []
    for proxy in inventory.of("proxy"):
        try:
            remote.steer(proxy, upstreams(inventory, away))
        except Stop as fault:
            faults.append(str(fault))
    if faults:
        raise Stop("; ".join(faults))


def wait(is_well, node):
    """Return once a node is well; Stop when it does not come to it."""
    end = time.monotonic() + PATIENCE
    while not is_well(node):
        if time.monotonic() > end:
            raise Stop(
                f"{node.name} does not answer {PATIENCE} s after its restart; it gets no requests"
            )
        time.sleep(1)
