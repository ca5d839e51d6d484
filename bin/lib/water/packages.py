"""The virtual environments below ``local``, made of the pinned requirements files."""

import hashlib
import sys

from .place import say

ODOO = ("venv", ("requirements.txt", "requirements-test.txt"), ["--system-site-packages"])
BROWSER = ("venv-browser", ("tests/requirements.txt",), [])
LOAD = ("venv-load", ("bin/lib/water/bench/requirements.txt",), [])


def environment(place, kind):
    """Return the Python of ``ODOO``, ``BROWSER`` or ``LOAD``; the environment follows its pins."""
    name, files, options = kind
    folder = place.local / name
    python, mark = folder / "bin" / "python", folder / ".made-of"
    pins = sys.version + "".join((place.root / file).read_text() for file in files)
    digest = hashlib.sha256(pins.encode()).hexdigest()
    if mark.exists() and mark.read_text() == digest:
        return python
    say(f"Installing the Python packages of {files[-1]} ...")
    place.need_space(1000)
    place.run(
        ["/usr/bin/python3", "-m", "venv", "--clear", *options, folder],
        log="pip.log",
        failure=f"the virtual environment {folder} could not be made",
    )
    place.run(
        [python, "-m", "pip", "install", "-q", "--no-input", "--disable-pip-version-check"]
        + ["-r", place.root / files[-1]],
        log="pip.log",
        failure="the Python packages could not be fetched from PyPI: "
        "check the network and start again",
    )
    mark.write_text(digest)
    return python
