"""Where a database of Odoo is, where its files are, and who may work with it."""

import configparser
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

from .. import packages
from ..cluster import Cluster
from ..odoo import PROGRAM, Odoo
from ..place import Place, Stop
from ..serve import DATABASE

#: Keys of ``ir.config_parameter``: when the last backup was made, and when one was tried.
MADE, DRILLED = "water_service_desk.backup_made_at", "water_service_desk.backup_drilled_at"

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def add_options(parser):
    """Add the options of the system that both commands have."""
    parser.add_argument(
        "--config",
        type=Path,
        help="configuration of Odoo of the running system; without it the one of bin/serve",
    )
    parser.add_argument("--database", help="its name; without it the one of the configuration")
    parser.add_argument(
        "--python", default="/usr/bin/python3", help="the Python that runs Odoo there"
    )


class Source:
    """Settings of one Odoo, read from its configuration.

    :param config: path of the configuration
    :param python: Python interpreter with the addons' packages
    :param database: name, or None for the one in the configuration
    """

    def __init__(self, config, python, database=None):
        parser = configparser.ConfigParser(interpolation=None)
        if not parser.read(config):
            raise Stop(f"{config} cannot be read")
        settings = dict(parser["options"]) if parser.has_section("options") else {}
        self.config, self.python = config, python
        self.settings = {name: value for name, value in settings.items() if value != "False"}
        self._database = database or self.settings.get("db_name")

    @property
    def database(self):
        """Return the name of the running database; Stop when none is set."""
        if not self._database or "," in self._database:
            raise Stop(f"{self.config} names no database, or several: say which by --database")
        return self._database

    def environment(self):
        """The variables by which PostgreSQL's own programs find the server."""
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        given = {key: self.settings.get(f"db_{name}") for name, key in names.items()}
        return {**kept, "LC_ALL": "C.UTF-8", **{key: text for key, text in given.items() if text}}

    def files(self, database):
        """The folder with the files of ``database``."""
        default = Path.home() / ".local/share/Odoo"
        return Path(self.settings.get("data_dir", default)) / "filestore" / database

    def give(self, path):
        """Give ``path`` and all below it to the owner of Odoo's files, where root has made it.

        Otherwise Odoo could not read what root restored, nor the nightly backup take its lock.
        """
        if os.geteuid():
            return
        store = self.files("x")
        owner = next(folder for folder in store.parents if folder.exists()).stat()
        for made in (path, *path.rglob("*")):
            os.chown(made, owner.st_uid, owner.st_gid, follow_symlinks=False)

    def run(self, args, failure, **options):
        """Run a program and return its output.

        :raises Stop: with ``failure`` and the program's last words
        """
        done = subprocess.run(
            [str(arg) for arg in args],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            **options,
        )
        if done.returncode:
            raise Stop(f"{failure}: {last_words(done.stderr)}")
        return done.stdout

    def sql(self, statement, database=None):
        """Run a statement; the lines it gives, columns apart by tabulators."""
        args = ["psql", "-X", "-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-q"]
        args += ["-d", str(database or self.database), "-c", statement]
        return self.run(args, "PostgreSQL refused").splitlines()

    def has(self, database):
        """Whether there is such a database."""
        found = self.sql("SELECT datname FROM pg_database", "postgres")
        return database in found

    def size(self, database):
        """Return the bytes that ``database`` takes on the disk of PostgreSQL."""
        return int(self.sql(f"SELECT pg_database_size('{database}')", "postgres")[0])

    def is_here(self):
        """Whether PostgreSQL runs on this machine: by a socket, or on the loopback address."""
        host = self.settings.get("db_host") or "/"
        return host.startswith("/") or host in LOOPBACK

    def odoo(self, command, database, failure, **options):
        """Run an Odoo command on ``database`` and return its output."""
        args = [self.python, PROGRAM, command, "-c", self.config, "-d", database]
        return self.run([*args, "--log-level=critical"], failure, **options)

    def note(self, key):
        """Store the current time in the running system, for monitoring."""
        self.sql(
            "INSERT INTO ir_config_parameter (key, value) VALUES "
            f"('{key}', to_char(now() AT TIME ZONE 'utc', 'YYYY-MM-DD HH24:MI:SS')) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        )


def program(name):
    """Stop unless there is such a program; Debian's package has its name."""
    if not shutil.which(name):
        raise Stop(f"{name} is needed here: apt-get install {name}")
    return name


def last_words(text):
    """Return the last line of a program's output, which is usually the reason."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


@contextmanager
def opened(options):
    """The system of ``--config``, or that of bin/serve, whose PostgreSQL runs meanwhile."""
    if options.config:
        yield Source(options.config, options.python, options.database)
        return
    place = Place()
    cluster = Cluster(place, "pg", durable=True)
    if not cluster.folder.exists():
        raise Stop("there is no database of bin/serve here: name the configuration by --config")
    try:
        lock = place.lock("serve")
    except BlockingIOError:  # it runs, and PostgreSQL with it
        cluster.port = int((place.local / "pg.port").read_text())
        yield _served(place, cluster, options)
        return
    with lock, cluster.running():
        yield _served(place, cluster, options)


def _served(place, cluster, options):
    python = packages.environment(place, packages.ODOO)
    odoo = Odoo(place, cluster, python, "data")
    odoo.config = place.local / "backup.conf"
    odoo.configure(db_name=DATABASE)
    return Source(odoo.config, python, options.database)
