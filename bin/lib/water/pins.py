"""Compares the requirements*.in with the .txt that bin/pin makes of them, without a network."""

import re
import sys
from pathlib import Path

from .place import CHECKOUT

PIN = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
WHOLE = ["config/requirements.in", "config/requirements-test.in", "config/docker/mailsink.in"]
WHOLE += ["config/cluster/requirements.in", "tests/broad/requirements.in"]
# these .txt files also list indirect packages
RESOLVED = [
    "tests/requirements.in",
    "doc/requirements.in",
    "config/mutation/requirements.in",
    "bin/lib/water/bench/requirements.in",
]


def _pins(path):
    text = path.read_text()
    found = {(re.sub(r"[-_.]+", "-", name).lower(), pin) for name, pin in PIN.findall(text)}
    parts = re.findall(r"^-r (\S+)", text, re.MULTILINE)
    return found.union(*(_pins(path.parent / part) for part in parts))


def differences(root):
    """Yield a line for each pin that one file of a pair has and the other has not."""
    for name in [*WHOLE, *RESOLVED]:
        source = Path(root, name)
        wanted, made = _pins(source), _pins(source.with_suffix(".txt"))
        missing = wanted - made if name in RESOLVED else wanted ^ made
        yield from (f"{name}: {package}=={pin}" for package, pin in sorted(missing))


if __name__ == "__main__":
    found = list(differences(CHECKOUT))
    if found:
        print("not the same with and without hashes, run bin/pin:", *found, sep="\n")
    sys.exit(bool(found))
