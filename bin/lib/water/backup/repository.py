"""Recovery drill from a pgBackRest repository: the latest state, or a point in time.

The whole server is restored beside the running one, as an isolated server that archives nothing.
Files that are not in the database are those of the running system.
"""

import configparser
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from ..place import Stop, end, ending_with_us, say
from . import checking
from .__main__ import NAMED
from .source import DRILLED, Source, program

SETTINGS = Path("/etc/pgbackrest.conf")
ROOM = Path("/var/tmp")
PREFIX = "water-drill-"
#: Settings of a temporary server: no durability, no remote access, nothing sent out.
SERVER = {
    "fsync": "off",
    "full_page_writes": "off",
    "jit": "off",
    "max_wal_size": "4GB",
    "shared_buffers": "256MB",
    "shared_preload_libraries": "",
    "hot_standby": "off",
    "archive_mode": "off",
    "ssl": "off",
    "listen_addresses": "",
    "logging_collector": "off",
    "log_destination": "stderr",
    "synchronous_standby_names": "",
}
#: options not passed to Odoo there, because they lead to other servers
ELSEWHERE = ("db_password", "db_replica_host", "db_replica_port", "server_wide_modules", "logfile")
PORT = 5432  # of a socket in a folder of its own
FAULT = re.compile(r"(?:ERROR: \[\d+\]|FATAL): +(.+)")
LAST = re.compile(r"last completed transaction was at log time (\S+ \S+)")


def add_options(parser):
    """Add the options of bin/restore about a repository."""
    parser.add_argument(
        "--pgbackrest",
        metavar="STANZA",
        help="with --drill: of the repository that pgBackRest keeps, and not of bin/backup",
    )
    parser.add_argument(
        "--at", metavar="TIME", help="with it: as all was at that time, '2026-11-26 09:55:00+08'"
    )
    parser.add_argument(
        "--pgbackrest-config", type=Path, default=SETTINGS, help=f"its configuration ({SETTINGS})"
    )
    parser.add_argument(
        "--room", type=Path, default=ROOM, help=f"folder with room for what is restored ({ROOM})"
    )


def drill(source, options):
    """Restore to a point in time, check, print the time of each step, and clean up.

    :param source: the running system
    """
    times = [time.monotonic()]
    if os.geteuid() == 0:
        _leave_root(source, options.pgbackrest_config)
    with _folder(options.room) as folder:
        repository = Repository(options.pgbackrest, options.pgbackrest_config, folder)
        repository.need_room()
        repository.restore(options.at)
        times.append(time.monotonic())
        with repository.running() as socket:
            times.append(time.monotonic())
            copy = _copy(source, folder, socket)
            copy.odoo("neutralize", copy.database, "the copy could not be neutralized")
            facts = checking.checked(copy, copy.database)
            checking.judge(facts, _gone(source, copy))
        last = repository.last()
    source.note(DRILLED)
    _tell(options, facts, last, [*times, time.monotonic()])


def _tell(options, facts, last, times):
    parts = [f"{later - sooner:.0f} s" for sooner, later in zip(times, times[1:], strict=False)]
    whole = f"{times[-1] - times[0]:.0f} s"
    moment = f" as of {options.at}" if options.at else ""
    say(
        f"{options.pgbackrest}{moment} was restored ({parts[0]}), brought up to its last"
        f" transaction {last} ({parts[1]}), checked and dropped ({parts[2]}): {whole};"
        f" whole: {checking.counts(facts)}"
    )


def _leave_root(source, config):
    store = source.files(source.database)
    owner = next(path for path in (store, *store.parents) if path.exists()).stat()
    if not owner.st_uid:
        raise Stop(f"{store} belongs to root, for whom PostgreSQL does not run: be somebody else")
    os.setgroups([config.stat().st_gid])
    os.setgid(owner.st_gid)
    os.setuid(owner.st_uid)
    os.chdir("/")


@contextmanager
def _folder(room):
    """Yield a new folder; remove folders left by killed runs."""
    for path in room.glob(f"{PREFIX}*"):
        if path.is_dir() and path.stat().st_uid == os.geteuid() and _is_left(path):
            shutil.rmtree(path)
    path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=room))
    try:
        with (path / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield path
    finally:
        shutil.rmtree(path)


def _is_left(path):
    try:
        with (path / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _copy(source, folder, socket):
    """The restored system, as Odoo's programs find it; its files are those of the running one."""
    store = folder / "odoo/filestore"
    store.mkdir(parents=True)
    (store / source.database).symlink_to(source.files(source.database).absolute())
    settings = {name: text for name, text in source.settings.items() if name not in ELSEWHERE}
    settings |= {"db_host": socket, "db_port": str(PORT), "data_dir": str(folder / "odoo")}
    parser = configparser.ConfigParser(interpolation=None)
    parser["options"] = settings
    with (folder / "odoo.conf").open("w") as file:
        parser.write(file)
    return Source(folder / "odoo.conf", source.python, source.database)


def _gone(source, copy):
    """Return the names of files that are gone because the running system no longer uses them."""
    folder, named = source.files(source.database), set(source.sql(NAMED))
    return {name for name in copy.sql(NAMED) if name not in named and not (folder / name).exists()}


class Repository:
    """The pgBackRest backups of one server, and a folder to restore to.

    :param stanza: the server's name in the repository
    :param config: pgBackRest configuration file
    """

    def __init__(self, stanza, config, folder):
        self.stanza, self.config, self.folder = stanza, config, folder
        self.data, self.log = folder / "data", folder / "postgresql.log"

    def need_room(self):
        """Stop when there is no backup or not enough disk space for it."""
        told = json.loads(self._run("info", "--output=json"))
        backups = told[0]["backup"] if told else []
        if not backups:
            raise Stop(f"there is no backup of {self.stanza} in the repository of {self.config}")
        size, room = backups[-1]["info"]["size"], self.folder.parent
        if shutil.disk_usage(room).free < 1.2 * size:
            raise Stop(f"{size / 2**20:.0f} MB and a fifth more must be free in {room}: see --room")

    def restore(self, moment=None):
        """Lay down the files of the server; they are brought up to the moment when it starts.

        :param moment: a time with its zone, or None for all that is in the repository
        """
        # it sends no log to the repository, and writes nowhere else
        options = ["--archive-mode=off", f"--tablespace-map-all={self.folder / 'tablespaces'}"]
        if moment:
            options += ["--type=time", f"--target={moment}", "--target-action=promote"]
        self._run("restore", f"--pg1-path={self.data}", *options)

    @contextmanager
    def running(self):
        """The server itself, at its moment; yields the folder of its socket."""
        command = [self._program(), "-D", self.data, "-p", PORT]
        for name, text in (("config", ""), ("hba", "local all all trust\n"), ("ident", "")):
            (self.folder / name).write_text(text)
            command += ["-c", f"{name}_file={self.folder / name}"]
        for name, text in SERVER.items():
            command += ["-c", f"{name}={text}"]
        # a socket's path has to be short
        with tempfile.TemporaryDirectory(prefix="water-", dir="/tmp") as socket:  # noqa: S108
            process = self._started([*command, "-k", socket])
            try:
                self._wait(process, socket)
                yield socket
            finally:
                end(process, signal.SIGQUIT)

    def last(self):
        """When the last transaction was that the restored server has."""
        found = LAST.findall(self.log.read_text(errors="replace"))
        return found[-1] if found else "of the backup"

    def _program(self):
        version = (self.data / "PG_VERSION").read_text().strip()
        found = Path(f"/usr/lib/postgresql/{version}/bin/postgres")
        if not found.exists():
            raise Stop(f"PostgreSQL {version} is needed here: apt-get install postgresql-{version}")
        return found

    def _started(self, command):
        with self.log.open("wb") as output:
            return subprocess.Popen(
                [str(part) for part in command],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=ending_with_us(signal.SIGQUIT),
            )

    def _wait(self, process, socket):
        """Wait until the whole log of the repository is replayed."""
        ready = ["pg_isready", "-q", "-h", socket, "-p", str(PORT), "-d", "postgres"]
        while subprocess.run(ready, check=False).returncode:
            if process.poll() is not None:
                said = self.log.read_text(errors="replace")
                raise Stop(f"PostgreSQL did not come to its moment: {_fault(said)}")
            time.sleep(0.2)

    def _environment(self):
        kept = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
        return kept | {
            "LC_ALL": "C.UTF-8",
            "PGBACKREST_CONFIG": str(self.config),
            "PGBACKREST_STANZA": self.stanza,
            "PGBACKREST_LOCK_PATH": str(self.folder / "locks"),
            "PGBACKREST_SPOOL_PATH": str(self.folder / "spool"),
            "PGBACKREST_LOG_LEVEL_FILE": "off",
            "PGBACKREST_LOG_LEVEL_CONSOLE": "off",
            "PGBACKREST_LOG_LEVEL_STDERR": "error",
        }

    def _run(self, command, *options):
        done = subprocess.run(
            [program("pgbackrest"), *options, command],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Stop(f"pgBackRest refused to {command}: {_fault(done.stderr)}")
        return done.stdout


def _fault(said):
    """Return the reason from a program's output."""
    found = FAULT.findall(said)
    return found[0] if found else "it said nothing"
