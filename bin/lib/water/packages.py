"""The virtual environments below ``local``, made of the requirements files, pinned with hashes."""

import hashlib
import shutil
import sys

from .place import say

ODOO = (
    "venv",
    ("config/requirements.txt", "config/requirements-test.txt"),
    ["--system-site-packages"],
)
BROWSER = ("venv-browser", ("tests/requirements.txt",), [])
DOCS = ("venv-docs", ("doc/requirements.txt",), [])
#: only for several nodes: one OCA addon, found by its folder
SESSIONS = ("venv-sessions", ("config/cluster/requirements.txt",), ["--system-site-packages"])
#: Addons of OCA that others have beside ours.
NEIGHBOURS = ("venv-neighbours", ("tests/broad/requirements.txt",), ["--system-site-packages"])
#: cosmic-ray, which starts the tests of bin/mutate.
MUTATION = ("venv-mutation", ("config/mutation/requirements.txt",), [])
LOAD = ("venv-load", ("bin/lib/water/bench/requirements.txt",), [])


def environment(place, kind):
    """Return the Python of one of the kinds above; the environment follows its pins."""
    name, files, options = kind
    folder = place.local / name
    python, mark = folder / "bin" / "python", folder / ".made-of"
    pins = sys.version + "".join((place.root / file).read_text() for file in files)
    digest = hashlib.sha256(pins.encode()).hexdigest()
    if mark.exists() and mark.read_text() == digest:
        return python
    say(f"Installing the Python packages of {' and '.join(files)} ...")
    place.need_space(1000)
    place.run(
        ["/usr/bin/python3", "-m", "venv", "--clear", *options, folder],
        log="pip.log",
        failure=f"the virtual environment {folder} could not be made",
    )
    install = [python, "-m", "pip", "install", "-q", "--no-input", "--disable-pip-version-check"]
    place.run(
        # the files name all that is needed, and Odoo is no package of PyPI
        install + ["--no-deps", "--require-hashes", *_each(place, files)],
        log="pip.log",
        failure="the Python packages could not be fetched from PyPI: "
        "check the network and start again",
    )
    mark.write_text(digest)
    return python


def node(place, name, source):
    """Return the folder ``name`` with the packages of npm's lock file in ``source``."""
    folder, digest = place.local / name, (source / "package-lock.json").read_text()
    mark = folder / ".made-of"
    if mark.exists() and mark.read_text() == digest:
        return folder
    say(f"Fetching {name} by npm ...")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in ("package.json", "package-lock.json"):
        shutil.copyfile(source / file, folder / file)
    place.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        log="npm.log",
        failure=f"{name} could not be fetched: check the network and start again",
        cwd=folder,
    )
    mark.write_text(digest)
    return folder


def addons(python):
    """Return the folder of the addons in an environment."""
    return next(python.parents[1].glob("lib/*/site-packages/odoo/addons"))


def _each(place, files):
    return [part for file in files for part in ("-r", str(place.root / file))]
