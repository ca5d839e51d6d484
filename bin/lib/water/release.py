"""The release before this one, out of git's history: a test upgrades a database that it made.

It is read before root hands over: afterwards the checkout may be closed to us, and the copy that is
used in its place has no history.
"""

import os
import subprocess

from .place import CHECKOUT

#: The release from which users come, and its commit. Whoever raises the version of the addons after
#: a release names that release here, and empties the list in ``tests/expected_differences.py``.
VERSION = "19.0.1.0.0"
COMMIT = "e5bc7d3c94ba6f108145ed0e1be257572e5216f9"
PARTS = ("addons", "config/database.py")


def archive():
    """Return (a tar file with the addons of that release, what git says when there is none)."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    # the checkout may belong to somebody else, which git minds unless it is told not to
    command = ["git", "-c", "safe.directory=*", "-C", str(CHECKOUT)]
    try:
        done = subprocess.run(
            [*command, "archive", COMMIT, *PARTS], env=kept, capture_output=True, check=False
        )
    except OSError as error:
        return b"", str(error)
    if done.returncode:
        return b"", done.stderr.decode(errors="replace").strip()
    return done.stdout, ""
