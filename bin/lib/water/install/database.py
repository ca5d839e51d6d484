"""PostgreSQL and the database of the installed system: made once, upgraded on a copy."""

import configparser
import io
import json
import secrets
import shutil
from pathlib import Path

from ..odoo import ADDONS, CORE, LANGUAGES, PROGRAM, fingerprint_of_code, fingerprint_of_core
from ..place import CHECKOUT, Stop, say
from . import machine
from .machine import DATA, SETTINGS, USER

DATABASE = "water"
BEFORE, PART = f"{DATABASE}-before", f"{DATABASE}-part"
CLUSTER = "water"
ROLE = "water"
CONFIG = SETTINGS / "odoo.conf"
PASSWORD = SETTINGS / "admin-password"
STAMP = SETTINGS / "installed.json"
PYTHON = machine.PROGRAM / "venv/bin/python"
#: Connections are ended, because PostgreSQL renames no database in use.
RENAME = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{old}';
ALTER DATABASE "{old}" RENAME TO "{new}";
"""
SQL = ["psql", "-X", "-Atq", "-v", "ON_ERROR_STOP=1"]


def _version():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise Stop("no PostgreSQL server is installed")
    return found[-1].parts[-3]


def make_cluster():
    """A cluster of its own, durable, with checksums; return its port."""
    listed = machine.run(["pg_lsclusters", "--no-header"], "pg_lsclusters failed")
    rows = [line.split() for line in listed.splitlines()]
    mine = next((row for row in rows if row[1] == CLUSTER), None)
    if not mine:
        say("Making the PostgreSQL cluster ...")
        command = ["pg_createcluster", _version(), CLUSTER, "--locale", "C.UTF-8"]
        command += ["--encoding", "UTF8", "--", "--data-checksums"]
        machine.run(command, "the PostgreSQL cluster could not be made")
        return make_cluster()
    version, _name, port, state = mine[:4]
    if not state.startswith("online"):
        if machine.has_systemd():
            machine.systemctl("enable", "--now", f"postgresql@{version}-{CLUSTER}.service")
        else:
            machine.run(["pg_ctlcluster", version, CLUSTER, "start"], "PostgreSQL does not start")
    return port


def configure(port, name):
    """Write Odoo's configuration; what an administrator has changed in it stays.

    :param port: of PostgreSQL
    :param name: of the site, such as kf.example.com
    """
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(CHECKOUT / "config/odoo.conf")
    addons = [CORE / "addons", machine.PROGRAM / "addons"]
    addons.append(machine.PROGRAM / "config/debian/addons")
    parser.read_dict(
        {
            "options": {
                "addons_path": ",".join(map(str, addons)),
                "data_dir": str(DATA),
                "db_host": "127.0.0.1",
                "db_user": ROLE,
                "db_password": secrets.token_urlsafe(32),
                "db_name": DATABASE,
                "dbfilter": f"^{DATABASE}$",
                "admin_passwd": secrets.token_urlsafe(32),
                "http_interface": "127.0.0.1",
                "http_port": "8069",
                "gevent_port": "8072",
                "proxy_mode": "True",
                "email_from": f"kefu@{name}",
            }
        }
    )
    parser.read(CONFIG)
    parser["options"]["db_port"] = port
    text = io.StringIO()
    parser.write(text)
    machine.write(CONFIG, text.getvalue(), 0o600)
    return parser["options"]


def make_role(settings):
    """The role of Odoo: it makes databases and is no superuser."""
    command = [*SQL, "-p", settings["db_port"], "-d", "postgres"]
    found = _sql(command, f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'")
    verb = "ALTER" if found else "CREATE"
    rights = "LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    _sql(command, f"{verb} ROLE {ROLE} {rights} PASSWORD '{settings['db_password']}'")


def _sql(command, statement):
    failure = "PostgreSQL refused"
    return machine.run(command, failure, user="postgres", input=statement).strip()


def stamp():
    """Return which code made or last upgraded the database; empty before."""
    return json.loads(STAMP.read_text()) if STAMP.exists() else {}


def _fingerprints():
    return {"core": fingerprint_of_core(), "code": fingerprint_of_code(CHECKOUT)}


def fits(program):
    """Whether the program in that folder is the one of the database.

    :param program: a folder, which need not be there
    """
    return program.exists() and stamp().get("code") == fingerprint_of_code(program)


class Database:
    """The database of the site, worked on as the user of the services.

    :param settings: the options of Odoo's configuration
    """

    def __init__(self, settings):
        self.settings = settings
        self.command = [*SQL, "-p", settings["db_port"], "-d", "postgres"]
        self.store = DATA / "filestore"

    def exists(self, name=None):
        """Whether there is such a database; without a name that of the site."""
        name = name or DATABASE
        return bool(_sql(self.command, f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))

    def make(self, part, url):
        """Make a new one under the name ``part``, as config/docker/setup does."""
        self.drop(part)
        create = f'CREATE DATABASE "{part}" OWNER {ROLE} TEMPLATE template0'
        _sql(self.command, f"{create} ENCODING 'UTF8' LC_COLLATE 'C'")
        self._odoo(part, "-i", "base", f"--load-language={LANGUAGES}")
        self._shell(part, "database.py")
        self._odoo(part, "-i", "mail,account,l10n_cn")
        self._shell(part, "database.py")
        self._odoo(part, "-i", ",".join(ADDONS))
        self._shell(part, "database.py")
        self._odoo(part, "-i", "auth_password_policy,auth_totp")
        self._shell(part, "production.py")
        if not PASSWORD.exists():
            machine.write(PASSWORD, secrets.token_urlsafe(16), 0o600)
        first = {"password": PASSWORD.read_text(), "url": url}
        self._run_shell(part, f"first = {json.dumps(first)}\n{FIRST}")

    def upgrade(self, part):
        """Bring a copy under the name ``part`` to the state of the code."""
        self.drop(part)
        _sql(self.command, f'CREATE DATABASE "{part}" OWNER {ROLE} TEMPLATE "{DATABASE}"')
        if (self.store / DATABASE).exists():
            copy = ["cp", "-al", self.store / DATABASE, self.store / part]
            machine.run(copy, "the files could not be copied")
        modules = "base" if stamp().get("core") != fingerprint_of_core() else ",".join(ADDONS)
        self._odoo(part, "-u", modules)
        self._shell(part, "production.py")

    def put_in_place(self, part):
        """Give ``part`` the site's name; the previous database is renamed."""
        draft = STAMP.with_suffix(".next")
        machine.write(draft, json.dumps(_fingerprints()))  # while it can still fail
        if self.exists():
            self.drop(BEFORE)
            self._rename(DATABASE, BEFORE)
        self._rename(part, DATABASE)
        draft.rename(STAMP)

    def recover(self, part):
        """Put right what an end amid ``put_in_place`` left, be it by a refusal or a loss of power.

        :param part: the name under which the new one was made
        """
        if not self.exists() and self.exists(BEFORE):
            say(f"{DATABASE} was on its way to {BEFORE}: it gets its name back.")
            self._rename(BEFORE, DATABASE)
        elif self.exists() and not self.exists(part):
            self._move(part, DATABASE)

    def is_current(self):
        """Whether the database is there and was made or upgraded by this code."""
        return self.exists() and stamp() == _fingerprints()

    def _rename(self, old, new):
        """Rename the database first, which may fail, and then its files."""
        _sql(self.command, RENAME.format(old=old, new=new))
        self._move(old, new)

    def _move(self, old, new):
        """Move the files after their database, unless that is done."""
        if (self.store / old).exists() and not (self.store / new).exists():
            (self.store / old).rename(self.store / new)

    def drop(self, name):
        """Remove a database and its files, if it is there."""
        _sql(self.command, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(self.store / name, ignore_errors=True)

    def _odoo(self, name, *args):
        say(f"  odoo {' '.join(args)}")
        command = [*self._program(), "-d", name, "--no-http", "--stop-after-init", *args]
        self._as_service(command, f"odoo {' '.join(args)} failed")

    def _shell(self, name, script):
        self._run_shell(name, (CHECKOUT / "config" / script).read_text())

    def _run_shell(self, name, script):
        command = [*self._program("shell"), "-d", name, "--no-http"]
        text = f"{script}\nenv.cr.commit()\nprint('DO' + 'NE')\n"
        if "DONE" not in self._as_service(command, "odoo shell failed", input=text):
            raise Stop(f"the database could not be set up (details: {machine.LOG})")

    def _program(self, *command):
        return [PYTHON, PROGRAM, *command, "-c", self._readable()]

    def _as_service(self, command, failure, **options):
        try:
            return machine.run(command, failure, user=USER, **options)
        finally:
            self._readable().unlink(missing_ok=True)

    def _readable(self):
        """Copy the configuration for the services' user, as LoadCredential does."""
        path = DATA / ".odoo.conf"
        machine.write(path, CONFIG.read_text(), 0o600, USER)
        return path


FIRST = """
env.ref("base.user_admin").password = first["password"]
settings = env["ir.config_parameter"]
settings.set_param("web.base.url", first["url"])
settings.set_param("web.base.url.freeze", "True")
"""
