"""bin/lint: every static check, all of them even when one fails; ``--js`` looks at JavaScript."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from . import eslint, i18n, packages, plain, tidy
from .docs import __main__ as manual
from .odoo import ADDONS
from .place import Place, main, say
from .template import test_odoo

SCRIPTS = ["bin/serve", "bin/test", "bin/lint", "bin/i18n", "bin/pin", ".ci/run", "bin/figures"]
SCRIPTS += [
    "bin/docs",
    "bin/backup",
    "bin/restore",
    "bin/install",
    "bin/uninstall",
    "bin/cluster",
    "bin/lib/setup.sh",
    "bin/lib/install.sh",
]
SCRIPTS += [f"config/docker/{name}" for name in ("setup", "role", "certificate")]
#: Rooms extend one model in several places (R8180); steps and hooks return nothing (W8110).
NOT_OURS = "consider-merging-classes-inherited,missing-return"
PYTHON = ["addons", "bin", "bin/mailsink", "config", "tests"]


def checks(root, tools):
    """Return the checks that need no database, by name."""
    addons = [f"addons/{addon}" for addon in ADDONS]
    modules = [*addons, "config/debian/addons/water_debian_mail_assets"]
    catalogues = [str(path.relative_to(root)) for path in sorted(root.glob("addons/*/i18n/*.po*"))]
    compose = ["docker-compose", "--env-file", "config/env.example", "--profile", "*"]
    return {
        "ruff check": [tools / "ruff", "check", "--quiet", "--no-cache", *PYTHON],
        "ruff format": [tools / "ruff", "format", "--check", "--quiet", "--no-cache", *PYTHON],
        "pylint-odoo": [tools / "pylint", f"--disable={NOT_OURS}", *modules],
        "oca-checks-odoo-module": [tools / "oca-checks-odoo-module", *modules],
        "oca-checks-po": [tools / "oca-checks-po", "-d", "po-pretty-format", *catalogues],
        "pins": [sys.executable, "-m", "water.pins"],
        "sizes": [sys.executable, "-m", "water.sizes", *PYTHON],
        "guards": [sys.executable, "-m", "water.guards"],
        "promises": [sys.executable, "-m", "water.promises"],
        "twice": [sys.executable, "-m", "water.twice"],
        "plain English": [sys.executable, "-m", "water.plain"],
        "words": [sys.executable, "-m", "water.words"],
        "mypy": [tools / "python", "-m", "water.typed"],
        "manual": [sys.executable, "-m", "water.docs.names"],
        "readmes": [sys.executable, "-m", "water.readmes"],
        "depends": [sys.executable, "-m", "water.depends"],
        "shellcheck": ["shellcheck", "-x", "-e", "SC2153", *SCRIPTS],
        "docker-compose": [*compose, "-f", "docker-compose.yml", "config", "-q"],
    }


def _passes(place, name, args):
    began = time.monotonic()
    process = place.start(
        args,
        cwd=place.root,
        env=place.environment(PYTHONPATH=str(place.root / "bin" / "lib")),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    output, _none = process.communicate()
    result = "failed" if process.returncode else "ok"
    say(f"{result:<7}{name} ({time.monotonic() - began:.1f}s)")
    if process.returncode:
        say(output.rstrip())
    return not process.returncode


def _static(place, tools):
    """Return the names of the failed checks without a database; two run at a time."""
    every = checks(place.root, tools)
    with ThreadPoolExecutor(2) as pool:
        passed = pool.map(lambda name: _passes(place, name, every[name]), every)
        return [name for name, is_well in zip(every, passed, strict=True) if not is_well]


def _of_git():
    """Return the failed checks that need git, run by root before it hands over to ``odoo``."""
    failed = []
    for name, check in (("tidy", tidy.faults), ("commits", plain.commit_faults)):
        found = list(check())
        say("\n".join([f"{'failed' if found else 'ok':<7}{name}", *found]))
        failed += [name] if found else []
    return failed


def lint():
    """Run the command; returns the exit code."""
    asking_git = _of_git()
    place = Place()
    if sys.argv[1:] == ["--js"]:
        return int(not _passes(place, "eslint", eslint.command(place)))
    python = packages.environment(place, packages.ODOO)
    beside = ThreadPoolExecutor(1)  # the database is made ready meanwhile
    static = beside.submit(_static, place, python.parent)
    with beside, test_odoo(place) as odoo:
        failed = ["translations"] if i18n.check(odoo) else []
        failed += ["the manual's pages of the registry"] if manual.check(odoo) else []
        failed += static.result()
    failed += asking_git
    say(f"lint: {', '.join(failed)} failed" if failed else "lint: all checks passed")
    return int(bool(failed))


if __name__ == "__main__":
    main(lint)
