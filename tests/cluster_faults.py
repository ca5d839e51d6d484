"""What may befall the machines of a cluster; ``cluster_scene`` tries one after the other."""

import json
import os
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from water.nodes import render, roll
from water.place import Stop

ROOT = Path(__file__).parents[1]


class Faults:
    """Each returns when what can be there again is there."""

    def fault_web(self):
        """A web node loses its power, and has it again."""
        self._blackout(self.site.of("web")[0].name)
        self.wait(self.all_well, "the web node")

    def fault_jobs(self):
        """All jobs nodes at once."""
        self._blackout(*(node.name for node in self.site.of("jobs")))

    def fault_postgresql(self):
        """The server of the primary is killed; Patroni is not."""
        was = self.primary()
        before = self.machines.kill_postgresql(was)
        self.wait(lambda: self.machines.postmaster(was) not in ("", before), "PostgreSQL")
        self.wait(self.primary, "a primary")

    def fault_machine(self):
        """The primary's machine loses its power."""
        was = self.primary()
        before = self.crowd.pages_read()
        self.machines.power_off(was)
        self.wait(self.primary, "another primary")
        self.times["read without a primary"] = self.crowd.pages_read() - before
        time.sleep(self.settings["after"])
        self.boot(was)

    def fault_replica(self):
        """The other machine with PostgreSQL: the primary goes on alone."""
        was = self.primary()
        self._blackout(*(node.name for node in self.site.of("postgresql") if node.name != was))

    def fault_network(self):
        """The primary's machine goes on, and nobody hears it."""
        was = self.primary()
        self.machines.cut(was)
        self.wait(lambda: self.primary() not in (None, was), "another primary")
        time.sleep(self.settings["after"])
        self.machines.cut(was, back=True)

    def fault_switch(self):
        """Somebody wants the other machine to be the primary."""
        was = self.primary()
        node = self.machines.nodes[was]
        folder = self.folder / was / render.TLS
        trust = ssl.create_default_context(cafile=folder / "ca.crt")
        trust.load_cert_chain(folder / "node.crt", folder / "node.key")
        body = json.dumps({"leader": was}).encode()
        asked = urllib.request.Request(f"https://{node.address}:8008/switchover", body)
        with urllib.request.urlopen(asked, timeout=60, context=trust) as answer:
            assert answer.status == 200
        self.wait(lambda: self.primary() not in (None, was), "the other primary")

    def fault_roll(self):
        """A rolling restart by bin/cluster's own hand."""
        roll.Rolling(self.site, Hands(self), drain=2).roll()

    def fault_refused(self):
        """A new version whose tables cannot be made: all goes on with the old one."""
        scripts = Path(self.settings["next"]) / "water_service_desk/migrations"
        (first,) = scripts.glob("*.999/pre-migrate.py")
        last = first.with_name("pre-refuse.py")  # after the column has got its other name
        last.write_text("def migrate(cr, version):\n    raise ValueError('refused')\n")
        try:
            roll.Rolling(self.site, Hands(self), drain=2).upgrade()
        except Stop as stop:
            assert "the tables are as they were, and the site goes on" in str(stop)
        else:
            raise AssertionError("nobody said that it could not be had")
        finally:
            last.unlink()
        assert self.all_well()

    def fault_upgrade(self):
        """A new version by bin/cluster's own hand, which is killed half-way and called again.

        An old node is asked past the proxy.
        """
        over, node = threading.Event(), self.site.of("web")[1]
        asking = threading.Thread(target=self._ask_old, args=(node, over), daemon=True)
        asking.start()
        begun = time.monotonic()
        for killed_at in (self.site.of("web")[0].name, node.name, None):
            with suppress(KeyboardInterrupt):
                roll.Rolling(self.site, Hands(self, killed_at), drain=2).upgrade()
            self.times[f"upgrade until {killed_at}"] = round(time.monotonic() - begun, 1)
        over.set()
        asking.join()

    def _ask_old(self, node, over):
        while not over.wait(0.5):
            for path in ("/water", "/my", "/web/login", "/water/report"):
                self.old.append((path, self.status(f"http://{node.address}:8069{path}")))

    def fault_drill(self):
        """Nothing fails: what pgBackRest keeps is tried on a jobs node, while all go on."""
        node = self.site.of("jobs")[0]
        repository = self.backup("--type=full", "backup")
        command = [sys.executable, "-m", "water.backup.restore", "--drill", "--pgbackrest"]
        command += [self.site.name, "--pgbackrest-config", repository, "--room", self.folder]
        command += ["--config", self.folder / node.name / "etc/water-service/odoo.conf"]
        command += ["--python", self.settings["python"]]
        done = subprocess.run(
            [*self.machines.prefix(node.name), *map(str, command)],
            env={**os.environ, "PYTHONPATH": str(ROOT / "bin" / "lib")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        self.times["drill"] = done.stdout.strip()

    def _blackout(self, *names):
        for name in names:
            self.machines.power_off(name)
        time.sleep(self.settings["after"])
        for name in names:
            self.boot(name)


class Hands(roll.Remote):
    """What ssh and systemd would do.

    :param killed_at: at which node the caller is killed when it is to take the new program
    """

    def __init__(self, scene, killed_at=None):
        self.scene, self.killed_at = scene, killed_at

    def service(self, node, act, role):
        machines = self.scene.machines
        if act != "start":
            machines.stop(node.name, role)
        if act != "stop":
            machines.start_again(node.name, role)

    def version(self, node):
        return self.scene.settings["next"]

    def is_waiting(self, node):
        return str(self._program(node).readlink()) != self.scene.settings["next"]

    def take(self, node):
        if node.name == self.killed_at:
            raise KeyboardInterrupt
        self._lay(node, self.scene.settings["next"])

    def give_back(self, node):
        self._lay(node, ROOT / "addons")

    def _lay(self, node, program):
        self._program(node).unlink()
        self._program(node).symlink_to(program)

    def migrate(self, node):
        try:
            self.scene.timed("tables", lambda: self.scene.migrate(node))
        except subprocess.CalledProcessError as error:
            raise Stop(f"{node.name}: {error}") from error

    def _program(self, node):
        return self.scene.folder / node.name / "addons"

    def steer(self, node, text):
        (self.scene.folder / node.name / render.UPSTREAMS).write_text(text)
        self.scene.machines.signal(node.name, "nginx", "HUP")

    def serves(self, node):
        return self.scene.status(f"http://{node.address}:8069/water") == 200
