"""Machines of a cluster on this one: a network of its own each, or an address of 127.0.0.0/8."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

BRIDGE = "br0"


class Program:
    """A program of a machine, started anew where it ends by itself, as systemd does."""

    def __init__(self, args, log, env, again):
        self.args, self.log, self.env, self.again = args, log, env, again
        self.process = None
        self.is_wanted = True
        self.start()

    def start(self):
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.args,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                env=self.env,
                start_new_session=True,
            )

    def kill(self, how=signal.SIGKILL):
        """Send a signal to all of its processes that did not leave its session's group."""
        try:
            os.killpg(self.process.pid, how)
        except ProcessLookupError:
            pass


class Machines:
    """All of them.

    :param inventory: as ``water.nodes.inventory`` reads it
    :param spaces: whether each has a network of its own
    """

    def __init__(self, inventory, folder, spaces):
        self.inventory, self.folder, self.spaces = inventory, folder, spaces
        self.nodes = {node.name: node for node in inventory.nodes}
        self.programs = {}
        self._lock = threading.RLock()
        threading.Thread(target=self._keep_up, daemon=True).start()

    def connect(self, addresses):
        """Join the networks of all machines by a bridge; more ``addresses`` are the clients'."""
        if not self.spaces:
            return
        Path("/run/netns").mkdir()
        _ip("link set lo up", f"link add {BRIDGE} type bridge", f"link set {BRIDGE} up")
        bits = self.inventory.network.partition("/")[2]
        _ip(*(f"addr add {address}/{bits} dev {BRIDGE}" for address in addresses))
        for node in self.inventory.nodes:
            _ip(
                f"netns add {node.name}",
                f"link add v-{node.name} type veth peer name eth0 netns {node.name}",
                f"link set v-{node.name} master {BRIDGE} up",
                f"-n {node.name} link set lo up",
                f"-n {node.name} addr add {node.address}/{bits} dev eth0",
                f"-n {node.name} link set eth0 up",
            )

    def prefix(self, name):
        """What a command begins with that runs on a machine."""
        return ["ip", "netns", "exec", name] if self.spaces and name in self.nodes else []

    def start(self, name, what, args, env=None, again=True):
        """Start a program on a machine."""
        log = self.folder / "log" / f"{name}.{what}.log"
        args = [*self.prefix(name), *(str(arg) for arg in args)]
        with self._lock:
            env = {**os.environ, **(env or {})}
            self.programs[name, what] = Program(args, log, env, again)

    def stop(self, name, what):
        """Ask a program to end, as systemd does."""
        program = self.programs[name, what]
        program.is_wanted = False
        program.process.terminate()
        program.process.wait(60)
        program.kill()

    def start_again(self, name, what):
        """Start a program that was stopped; as systemd, nothing where it runs."""
        program = self.programs[name, what]
        with self._lock:
            program.is_wanted = True
            if program.process.poll() is not None:
                program.start()

    def signal(self, name, what, how):
        """Send a signal to the program alone, such as ``HUP``."""
        self.programs[name, what].process.send_signal(getattr(signal, f"SIG{how}"))

    def power_off(self, name):
        """All that runs on a machine ends at once."""
        with self._lock:
            mine = [program for (node, _what), program in self.programs.items() if node == name]
            for program in mine:
                program.is_wanted = False
            for process in self._pids(name) if name in self.nodes else ():
                _kill(process)
            for program in mine:
                program.kill()
            # data lost with the power: /run is memory, and processes are counted anew
            shutil.rmtree(self.folder / name / "run", ignore_errors=True)
            self._postmaster(name).unlink(missing_ok=True)

    def end(self):
        """Nothing goes on that was started here."""
        for name in {name for name, _what in self.programs}:
            self.power_off(name)

    def _postmaster(self, name):
        return self.folder / name / "var/lib/postgresql" / self.inventory.name / "postmaster.pid"

    def _pids(self, name):
        if self.spaces:
            found = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True)
            return found.stdout.split()
        file = self._postmaster(name)
        return file.read_text().split()[:1] if file.exists() else []

    def kill_postgresql(self, name):
        """The server of PostgreSQL alone; returns the number that it had."""
        number = self.postmaster(name)
        _kill(number)
        return number

    def postmaster(self, name):
        """Number of the server of PostgreSQL on a machine; "" where there is none."""
        try:
            return self._postmaster(name).read_text().split()[0]
        except (OSError, IndexError):
            return ""

    def cut(self, name, back=False):
        """Pull the cable of a machine, or put it ``back``."""
        _ip(f"link set v-{name} {'up' if back else 'down'}")

    def _keep_up(self):
        while True:
            time.sleep(1)
            with self._lock:
                for program in self.programs.values():
                    if program.again and program.is_wanted and program.process.poll() is not None:
                        program.start()


def settings_of(path):
    """``{name: value}`` of a file that systemd reads as an environment."""
    lines = [line for line in path.read_text().splitlines() if line and line[0] != "#"]
    return dict(line.split("=", 1) for line in lines)


def unit(path, values):
    """``(command, environment)`` of a service of ``config/systemd``.

    :param values: ``{text in the unit: files on this machine}``
    """
    text = path.read_text()
    environment = {}
    for line in re.findall(r"^Environment=(.*)$", text, re.MULTILINE):
        environment |= dict(word.split("=", 1) for word in shlex.split(line))
    command = re.search(r"^ExecStart=(.*)$", text, re.MULTILINE)[1]
    for word, value in values.items():
        command = command.replace(word, value)
    return shlex.split(command), environment


def _ip(*commands):
    for command in commands:
        subprocess.run(["ip", *command.split()], check=True, capture_output=True)


def _kill(process):
    try:
        os.kill(int(process), signal.SIGKILL)
    except ProcessLookupError:
        pass
