"""bin/cluster roll and upgrade: systemd and nginx on each machine, told by ssh."""

import subprocess
import time
import urllib.request
from contextlib import suppress

from ..place import Stop, say
from .render import UPSTREAMS, upstreams

#: seconds for open requests, and for a machine to come back
DRAIN, PATIENCE = 10, 180
#: The program on a machine, the one that is to follow it, and the one that was there before.
PROGRAM, NEXT, BEFORE = (f"/opt/water-service{ending}" for ending in ("", ".next", ".before"))
#: Units may be others in another version.
UNITS = f"cp {PROGRAM}/config/systemd/* /etc/systemd/system/ && systemctl daemon-reload"
SERVICES = {"web": "water-websocket water-web", "jobs": "water-jobs"}
#: A digest of the program that is to run.
VERSION = f"""cd {NEXT}/addons 2>/dev/null || cd {PROGRAM}/addons
find . -type f ! -name '*.pyc' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum"""
#: Replace one program by another; a repeated run finishes what is left.
TAKE = f"""set -e
if [ -e {NEXT} ] && [ -e {PROGRAM} ]; then rm -rf {BEFORE}; mv {PROGRAM} {BEFORE}; fi
if [ -e {NEXT} ]; then mv {NEXT} {PROGRAM}; fi"""
GIVE_BACK = f"""set -e
if [ ! -e {NEXT} ] && [ -e {BEFORE} ]; then mv {PROGRAM} {NEXT}; fi
if [ ! -e {PROGRAM} ]; then mv {BEFORE} {PROGRAM}; fi"""
#: A machine that loses its power must be noticed within a minute.
SSH = [word for option in ("BatchMode=yes", "ConnectTimeout=10") for word in ("-o", option)]
SSH += ["-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=6"]
CLOSED = "the site stays closed: call this again"
HALF = (
    "the site stays closed, for the tables are neither old nor new: see water-upgrade in the"
    " journal of {node}, mend it and call this again, or restore the time before by pgBackRest"
)
NOT_REACHED = 255  # exit code of ssh itself; the remote command may still run


class Away(Stop):
    """A machine cannot be reached; its last command may still run."""


class Remote:
    """Commands on a machine, by ssh as root."""

    def run(self, node, command, text=None):
        """Return what ``command`` prints."""
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

    def service(self, node, act, role):
        """Start, stop or restart the services of a role."""
        self.run(node, f"systemctl {act} {SERVICES[role]}")

    def version(self, node):
        """Return a digest of the program that is to run there."""
        return self.run(node, VERSION)

    def is_waiting(self, node):
        """Tell whether the new program has still to take its place."""
        return bool(self.run(node, f"ls -d {NEXT} 2>/dev/null || true").strip())

    def take(self, node):
        """Put the new program in the place of the old one, which is kept."""
        self.run(node, f"{TAKE}\n{UNITS}")

    def give_back(self, node):
        """Put the old program in its place again."""
        self.run(node, f"{GIVE_BACK}\n{UNITS}")

    def migrate(self, node):
        """Bring the tables to the version of the program."""
        self.run(node, "systemctl start water-upgrade.service")

    def steer(self, node, text):
        """Give a proxy other upstreams; open requests go on."""
        self.run(node, f"cat >/{UPSTREAMS} && nginx -t -q && systemctl reload nginx", text)

    def serves(self, node):
        """Tell whether Odoo shows our pages: not while the tables are of another version."""
        try:
            with urllib.request.urlopen(f"http://{node.address}:8069/water", timeout=10) as answer:
                return answer.status == 200
        except OSError:
            return False


class Rolling:
    """Operations on a whole site.

    :param drain: seconds for open requests
    """

    def __init__(self, inventory, remote, drain=DRAIN):
        self.inventory, self.remote, self.drain = inventory, remote, drain
        self.web, self.jobs = inventory.of("web"), inventory.of("jobs")

    def roll(self):
        """Restart web nodes without requests, then jobs nodes; stop where one stays away."""
        for node in self.web:
            self._steer({node.name})
            time.sleep(self.drain)
            self.remote.service(node, "restart", "web")
            self._wait(node)
            self._steer(set())
            say(f"{node.name}: is back")
        for node in self.jobs:
            self.remote.service(node, "restart", "jobs")
            say(f"{node.name}: restarted")

    def upgrade(self):
        """Bring a new program to all nodes, and the tables to its version.

        Called again after a break it goes on: the first node serves only when the tables fit.
        """
        first, others = self.web[0], [*self.web[1:], *self.jobs]
        if len({self.remote.version(node) for node in self.web + self.jobs}) > 1:
            raise Stop(f"the nodes have different programs: lay the same one down as {NEXT}")
        is_untouched = self.remote.is_waiting(first)
        if is_untouched or not self.remote.serves(first):
            self._close(first, is_untouched)
            self._change(first)
        late, waiting = [], {node.name for node in self.web[1:]}
        for node in others:
            try:
                self._follow(node, "web" if node in self.web else "jobs")
                waiting.discard(node.name)
                self._steer(waiting)
                say(f"{node.name}: has the new version")
            except Stop as fault:  # without jobs nodes no mail would go
                late.append(str(fault))
        if late:
            raise Stop(f"the site runs the new version, call this again for {'; '.join(late)}")

    def _close(self, first, is_untouched):
        """Stop what writes; proxies say 503."""
        try:
            for node in self.jobs:
                self.remote.service(node, "stop", "jobs")
            say("the site is closed ...")
            self._steer({node.name for node in self.web})
            time.sleep(self.drain)
            self.remote.service(first, "stop", "web")
        except Stop as fault:
            if not is_untouched:
                raise Stop(f"{fault}; {CLOSED}") from None
            self._open_again(first)
            raise Stop(f"{fault}; nothing was changed, and the site goes on") from None

    def _change(self, first):
        """Have the first node change the tables and serve them; otherwise give the program back."""
        try:
            self.remote.take(first)
            self.remote.migrate(first)
            self.remote.service(first, "start", "web")
            self._wait(first)
        except Away as fault:
            raise Stop(f"{fault}; {CLOSED}") from None
        except Stop as fault:
            self.remote.service(first, "stop", "web")
            self.remote.give_back(first)
            self.remote.service(first, "start", "web")
            try:
                self._wait(first)
            except Stop:
                raise Stop(f"{fault}; {HALF.format(node=first.name)}") from None
            self._open_again(first)
            raise Stop(f"{fault}; the tables are as they were, and the site goes on") from None
        self._steer({node.name for node in self.web[1:]})
        say(f"the site is open again, on {first.name} alone")

    def _open_again(self, first):
        for node in self.jobs:
            with suppress(Stop):
                self.remote.service(node, "start", "jobs")
        with suppress(Stop):
            self.remote.service(first, "start", "web")
        self._steer(set())

    def _follow(self, node, role):
        if self.remote.is_waiting(node):
            self.remote.service(node, "stop", role)
            self.remote.take(node)
        self.remote.service(node, "start", role)
        if role == "web":
            self._wait(node)

    def _steer(self, away):
        """Make the proxies use all web nodes except ``away``."""
        for proxy in self.inventory.of("proxy"):
            self.remote.steer(proxy, upstreams(self.inventory, away))

    def _wait(self, node):
        end = time.monotonic() + PATIENCE
        while not self.remote.serves(node):
            if time.monotonic() > end:
                raise Stop(f"{node.name} does not serve {PATIENCE} s after its start")
            time.sleep(1)
