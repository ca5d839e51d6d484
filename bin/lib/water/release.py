"""The last release from git's history, for the test that upgrades its database.

It is read before root hands over: afterwards the checkout may be unreadable, and the copy that is
used in its place has no history.
"""

import os
import subprocess

from .place import CHECKOUT

#: How the tags of releases begin.
SERIES = "19.0."
PARTS = ("addons", "config/database.py")


def git(*arguments):
    """Run git in the checkout; returns the finished process."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    # the checkout may belong to another user, which git refuses unless it is told not to
    command = ["git", "-c", "safe.directory=*", "-C", str(CHECKOUT), *arguments]
    return subprocess.run(command, env=kept, capture_output=True, check=False)


def archive():
    """Return (a tar file with the addons of the last release, the fault if it cannot be read).

    Before the first tag there is no release, and the file is empty.
    """
    try:
        tags = git("tag", "--list", "--merged", "HEAD", "--sort=-version:refname", f"{SERIES}*")
        tag = next(iter(tags.stdout.decode().split()), None)
        done = git("archive", tag, *PARTS) if tag else tags
    except OSError as error:
        return b"", str(error)
    if done.returncode:
        return b"", done.stderr.decode(errors="replace").strip()
    return done.stdout, ""
