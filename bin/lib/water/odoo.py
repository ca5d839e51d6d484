"""Odoo on a private cluster: its configuration, and databases that are either whole or absent."""

import ast
import configparser
import hashlib
import os
import re
import shutil
import subprocess
from itertools import takewhile
from pathlib import Path

from .place import Stop, say

ADDONS: tuple[str, ...] = ("water_service_desk", "water_complaints", "water_compensation")
ADDONS += ("water_quality", "water_quality_compensation")
#: Modules installed beside another one, for the demo company.
EXTRA = {"account": "l10n_cn"}
LANGUAGES = "zh_CN,en_US"
CORE = Path("/usr/lib/python3/dist-packages/odoo")
PROGRAM = Path("/usr/bin/odoo")


class Odoo:
    """Odoo's program, run by ``python`` against ``cluster`` with its files in ``local/<data>``."""

    def __init__(self, place, cluster, python, data):
        self.place = place
        self.cluster = cluster
        self.python = python
        self.data = place.local / data
        self.config = place.local / f"{data}.conf"

    def configure(self, **options):
        """Write the configuration: the shared file, this cluster, and ``options``."""
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(self.place.root / "config" / "odoo.conf")
        addons = [CORE / "addons", self.place.root / "addons"]
        addons.append(self.place.root / "config" / "debian" / "addons")
        settings = {
            "addons_path": ",".join(map(str, addons)),
            "data_dir": str(self.data),
            "db_host": "127.0.0.1",
            "db_port": str(self.cluster.port),
            "db_user": "odoo",
            "db_password": self.cluster.password_file.read_text(),
            **{name: str(value) for name, value in options.items()},
        }
        parser.read_dict({"options": settings})
        self.config.touch(mode=0o600)
        with self.config.open("w") as output:
            parser.write(output)

    def command(self, *args):
        """Return the command line; subcommands such as ``i18n export`` come first."""
        head = list(takewhile(lambda arg: not arg.startswith("-"), args))
        return [self.python, PROGRAM, *head, "-c", self.config, *args[len(head) :]]

    def run(self, *args, failure, **options):
        """Run Odoo to its end, logged to ``build.log``; raises Stop with ``failure``."""
        self.place.run(self.command(*args), log="build.log", failure=failure, **options)

    def shell(self, database, script, failure, **options):
        """Run a Python script, given as an open file, in ``odoo shell``."""
        self.run("shell", "-d", database, "--no-http", failure=failure, stdin=script, **options)

    # Databases

    def build_base(self, name, addons=ADDONS):
        """Create a database with what ``addons`` depend on, demo data and both languages."""
        self._new(name)
        self._install(name, ["base"], f"--load-language={LANGUAGES}")
        self._set_up(name)
        self._install(name, dependencies(self.place.root, addons))
        self._set_up(name)

    def add_addons(self, name, addons=ADDONS, set_up=True):
        """Install ``addons`` with their demo data."""
        self._install(name, addons)
        if set_up:
            self._set_up(name)

    def upgrade(self, name, modules):
        """Bring ``modules`` of a database to the state of the code."""
        args = ["-d", name, "-u", ",".join(modules), "--with-demo"]
        self.run(*args, "--stop-after-init", "--no-http", failure="the upgrade failed")
        self._check_installed(name, ADDONS)

    def _install(self, name, modules, *more):
        log = self.place.local / "log" / "build.log"
        before = log.stat().st_size if log.exists() else 0
        args = ["-d", name, "-i", ",".join(modules), "--with-demo", *more]
        failure = f"{', '.join(modules)} could not be installed"
        self.run(*args, "--stop-after-init", "--no-http", failure=failure)
        self._check_installed(name, modules)
        if "installed without demo data" in log.read_bytes()[before:].decode(errors="replace"):
            raise Stop(f"the demo data could not be loaded (details: {log})")

    def _check_installed(self, name, modules):
        query = "SELECT name FROM ir_module_module WHERE state = 'installed'"
        absent = set(modules) - set(self.cluster.sql(query, name).splitlines())
        if absent:  # Odoo passes over unknown names with a mere warning
            log = self.place.local / "log" / "build.log"
            raise Stop(f"not installed: {', '.join(sorted(absent))} (details: {log})")

    def set_up_script(self):
        """Return the text of the script that makes a new database a Chinese company's."""
        return (self.place.root / "config" / "database.py").read_text()

    def _set_up(self, name):
        with (self.place.root / "config" / "database.py").open() as script:
            self.shell(name, script, failure="config/database.py failed")

    def _new(self, name):
        self.place.need_space(1000)
        self.drop(name)
        (self.place.local / "log" / "build.log").write_text("")
        self.cluster.sql(
            f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'"
        )

    def _files(self, name):
        return self.data / "filestore" / name

    def drop(self, name):
        """Remove a database and its files, if it is there."""
        self.cluster.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(self._files(name), ignore_errors=True)

    def copy(self, source, target):
        """Copy a database and its files; these are never changed in place, so links will do."""
        self.drop(target)
        self.cluster.sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        if self._files(source).exists():
            shutil.copytree(self._files(source), self._files(target), copy_function=os.link)

    def link_files(self, source, target):
        """Give database ``target`` the files of ``source`` that it does not have."""
        for path in self._files(source).rglob("*"):
            link = self._files(target) / path.relative_to(self._files(source))
            if path.is_file() and not link.exists():
                link.parent.mkdir(parents=True, exist_ok=True)
                os.link(path, link)

    def rename(self, source, target):
        """Put database ``source`` in the place of ``target``."""
        self.drop(target)
        if self._files(source).exists():
            self._files(source).rename(self._files(target))
        self.cluster.sql(f'ALTER DATABASE "{source}" RENAME TO "{target}"')


# the addons and their versions a database was made of


def _depends(root, addon):
    manifest = root / "addons" / addon / "__manifest__.py"
    if not manifest.exists():
        raise Stop(f"addons/{addon} has no __manifest__.py: the checkout is not whole")
    return set(ast.literal_eval(manifest.read_text()).get("depends", ()))


def with_needed(root, addon):
    """Return ``addon`` after those of our addons that it depends on."""
    needed = {addon}
    for other in reversed(ADDONS):
        if other in needed:
            needed |= _depends(root, other) & set(ADDONS)
    return tuple(other for other in ADDONS if other in needed)


def dependencies(root, addons=ADDONS):
    """Return the modules of Odoo that ``addons`` depend on, and the extra ones."""
    wanted = set().union(*(_depends(root, addon) for addon in addons)) - set(ADDONS)
    return sorted(wanted | {extra for module, extra in EXTRA.items() if module in wanted})


def fingerprint_of_core():
    """Return a text that changes with the version of Odoo."""
    query = ["dpkg-query", "-W", "-f=${Version}", "odoo-19"]
    return subprocess.run(query, capture_output=True, text=True, check=False).stdout


def fingerprint_of_code(root):
    """Return a digest over everything that ends up in a database."""
    digest = hashlib.sha256()
    for top in ("addons", "config/database.py", "config/debian", "config/requirements.txt"):
        path = root / top
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        for file in files:
            if file.is_file() and not re.search(r"\.pyc$|/tests/.*\.(py|txt)$|\.pot$", str(file)):
                digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def announce_build():
    """Say that a database is made, which takes a while."""
    say("Creating the database with the addons, Chinese and English, demo data (minutes, once) ...")
