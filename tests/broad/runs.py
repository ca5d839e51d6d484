"""Odoo's program run to its end on a database, for tests of what others have."""

import configparser
import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

LIMIT = 1800  # seconds for one start of Odoo, which takes 300 where forty apps come
#: a complaint from first word to sealed file, in any company
AMONG_OTHERS = Path(__file__).with_name("among_others.py").read_text()
#: everything an administrator finds behind the menus
OPEN_ACTIONS = Path(__file__).with_name("open_actions.py").read_text()
#: Rows of other apps, looked for by the contact that they name.
FOUND_BY_NAME = Path(__file__).with_name("found_by_name.py").read_text()
#: Odoo's log lines of an error
FAULT = re.compile(
    r"^\d{4}-\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) \S+ (.*(?:\n(?!\d{4}-\d\d-|RESULT ).*){0,12})",
    re.MULTILINE,
)


@dataclass
class Runs:
    """Odoo's commands with a configuration; each returns what Odoo has said."""

    stack: dict
    config: Path
    #: Where Python looks, too: what addons of others need.
    packages: str = ""

    @property
    def addons(self):
        """Where addons are looked for, as an option says it."""
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(self.config)
        return parser["options"]["addons_path"]

    def install(self, name, *modules, demo=False):
        """Install modules."""
        return self._start(name, "-i", modules, *(["--with-demo"] if demo else []))

    def upgrade(self, name, *modules):
        """Upgrade modules."""
        return self._start(name, "-u", modules)

    def uninstall(self, name, *modules):
        """Uninstall modules, by one command."""
        return self._run(["module", "uninstall"], ["-d", name, *modules])

    def shell(self, name, script):
        """Run a script; returns what it has said as ``RESULT`` and JSON, and the rest."""
        said = self._run(["shell"], ["-d", name, "--no-http"], script)
        (line,) = [line for line in said.splitlines() if line.startswith("RESULT ")]
        return json.loads(line.removeprefix("RESULT ")), said

    def _start(self, name, what, modules, *more):
        args = ["-d", name, what, ",".join(modules), *more]
        return self._run([], [*args, "--no-http", "--stop-after-init"])

    def _run(self, command, args, given=None):
        start = [self.stack["python"], self.stack["odoo"], *command, "-c", self.config, *args]
        done = subprocess.run(
            [str(arg) for arg in start],
            input=given,
            env=os.environ | {"PYTHONPATH": self.packages},
            stdin=None if given else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-5000:]
        return done.stdout


def faults(said, *levels):
    """Return what Odoo has said of faults, without time, process and database."""
    levels = levels or ("WARNING", "ERROR", "CRITICAL")
    found = [text for level, text in FAULT.findall(said) if level in levels]
    return found + re.findall("^Traceback.*", said, re.MULTILINE)


def settings(stack, folder, addons=(), wide=False):
    """Write a configuration like that of the tests.

    :param addons: more folders with addons
    :param wide: whether addons are loaded for the whole server, which Odoo never uninstalls
    """
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(stack["config"])
    options = parser["options"]
    options["addons_path"] = ",".join([options["addons_path"], *map(str, addons)])
    if not wide:
        options.pop("server_wide_modules", None)
    path = folder / "odoo.conf"
    with path.open("w") as output:
        parser.write(output)
    return path


def check_walk(found):
    """Common checks of a complaint's course; the rest differs."""
    assert found["faults"] == []
    assert found["states"] == ["dispatched", "notified", "archived"]
    assert found["letter"][0] is True
    assert found["sealed"] == 1
    assert found["clocks"] > 2
    assert found["actions"] > 20
