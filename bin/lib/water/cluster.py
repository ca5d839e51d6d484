"""A private PostgreSQL server below ``local``: TCP on 127.0.0.1 only, a password of its own."""

import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from .place import Stop, end

FAST: tuple[str, ...] = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_wal_size=4GB",
)
#: Compiling a query costs more than it saves where all answers are short, as Odoo's are.
FAST += ("jit=off", "shared_buffers=256MB")
#: ``ioctl_iflags(2)``: ask for the flags of a folder, set them, and the one of ``chattr +T``.
GET_FLAGS, SET_FLAGS, IS_TOP = 0x80086601, 0x40086602, 0x00020000


def free_port():
    """Return a free TCP port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_free(port, host="127.0.0.1"):
    """Tell whether a server could listen on ``port``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Stop(f"port {port} is only for root: take one above 1023") from None
        except OSError:
            return False
    return True


def remembered_port(path, wanted=None):
    """Return the port kept in ``path`` when it is free; otherwise another one, kept from now on."""
    port = int(path.read_text()) if path.exists() else wanted
    if not port or not is_free(port):
        port = free_port()
    path.write_text(str(port))
    return port


class Cluster:
    """One server. ``durable`` is for data that matters; without it a crash costs the cluster.

    :param settings: more settings of PostgreSQL, each as ``name=value``
    """

    def __init__(self, place, name, durable, settings=()):
        self.place = place
        self.durable = durable
        self.settings = settings
        self.folder = place.local / name
        self.password_file = place.local / f"{name}.password"
        self.log = place.local / "log" / f"{name}.log"
        self.port = None
        self.bin = self._find_binaries()

    @staticmethod
    def _find_binaries():
        found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
        try:
            return max(found, key=lambda path: float(path.parts[-3])).parent
        except ValueError:
            raise Stop("no PostgreSQL server is installed: apt-get install postgresql") from None

    @property
    def environment(self):
        """The variables by which PostgreSQL's own programs find this server."""
        return {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": "odoo",
            "PGPASSWORD": self.password_file.read_text(),
        }

    @contextmanager
    def running(self):
        """Keep the server up as long as the context lasts."""
        self._prepare()
        self.port = remembered_port(self.place.local / f"{self.folder.name}.port")
        process = self._start()
        try:
            self._wait(process)
            yield self
        finally:
            end(process, signal.SIGINT, patience=60)  # SIGINT: PostgreSQL's fast shutdown

    def _prepare(self):
        if (self.folder / "PG_VERSION").exists():
            self._check_version()
            self._stop_leftover()
            if not self.durable and self._control("Database cluster state") != "shut down":
                self.remove()
        if not (self.folder / "PG_VERSION").exists():
            self.remove()
            self._create()
        if not self.durable:
            self._spread()

    def _spread(self):
        """Have ext4 place each database somewhere else on the disk.

        One database has thousands of files. After a mass deletion ext4 examines each freed entry
        again for every new file: a copy made after a drop took seconds.
        """
        folder = os.open(self.folder / "base", os.O_RDONLY)
        with suppress(OSError):  # other file systems know no such flag
            flags = int.from_bytes(fcntl.ioctl(folder, GET_FLAGS, bytes(8))[:4], sys.byteorder)
            value = (flags | IS_TOP).to_bytes(8, sys.byteorder)
            fcntl.ioctl(folder, SET_FLAGS, value)
        os.close(folder)

    def _create(self):
        self.password_file.touch(mode=0o600)
        self.password_file.write_text(secrets.token_urlsafe(24))
        args = [self.bin / "initdb", "-D", self.folder, "-U", "odoo", "-E", "UTF8"]
        args += ["--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={self.password_file}"]
        self.place.run(
            args + ([] if self.durable else ["--no-sync"]),
            log="initdb.log",
            failure=f"the PostgreSQL cluster {self.folder} could not be made",
        )

    def remove(self):
        """Remove the cluster and all of its data."""
        if self.folder.exists():
            subprocess.run(["rm", "-rf", str(self.folder)], check=True)

    def _check_version(self):
        made_by = (self.folder / "PG_VERSION").read_text().strip()
        if made_by == self.bin.parts[-2]:
            return
        same = self.bin.parents[1] / made_by / "bin"
        if (same / "postgres").exists():
            self.bin = same
        elif not self.durable:
            self.remove()
        else:
            raise Stop(
                f"{self.folder} was made by PostgreSQL {made_by}, which is no longer installed: "
                f"apt-get install postgresql-{made_by}, or start over with --reset"
            )

    def _stop_leftover(self):
        control = [self.bin / "pg_ctl", "-D", self.folder]
        if subprocess.run([*control, "status"], capture_output=True, check=False).returncode == 0:
            subprocess.run([*control, "-m", "fast", "-w", "stop"], capture_output=True, check=False)

    def _control(self, name):
        text = subprocess.run(
            [self.bin / "pg_controldata", self.folder], capture_output=True, text=True, check=False
        ).stdout
        lines = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        return lines.get(name, "").strip()

    def _start(self):
        settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"]
        settings += [*(() if self.durable else FAST), *self.settings]
        args = [self.bin / "postgres", "-D", self.folder, "-p", self.port]
        for setting in settings:
            args += ["-c", setting]
        with self.log.open("wb") as output:
            return self.place.start(args, signal.SIGINT, stdout=output, stderr=output)

    def _wait(self, process):
        ready = [self.bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        for _attempt in range(600):
            if process.poll() is not None:
                break
            if subprocess.run(ready, check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise Stop(f"PostgreSQL does not start (details: {self.log})")

    def sql(self, statement, database="postgres", given=""):
        """Run one statement and return its output, unaligned and without headings.

        :param given: input of a ``COPY ... FROM STDIN``
        """
        done = subprocess.run(
            [self.bin / "psql", "-X", "-d", database, "-v", "ON_ERROR_STOP=1", "-Atqc", statement],
            env=self.place.environment(**self.environment),
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Stop(f"PostgreSQL refused: {done.stderr.strip().splitlines()[0]}")
        return done.stdout.strip()

    def databases(self):
        """Return the names of all databases."""
        return set(self.sql("SELECT datname FROM pg_database").splitlines())
