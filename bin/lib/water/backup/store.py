"""Backups in an object store, or wherever else rclone reaches: ``REMOTE:PATH`` as it writes it.

A backup is there as it is in a folder, the digests of its members last. What the remote is and
by which keys it opens stands in rclone's configuration or in its variables
(``RCLONE_CONFIG_<REMOTE>_TYPE=s3`` …); nothing of it is in a command.
"""

import re
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from ..place import Stop, say
from . import vault
from .source import last_words, program

#: A name, and a colon: a path of this machine begins with a slash or has none before its colon.
REMOTE = re.compile(r"[\w.+@-][\w.+@ -]*:(?!//).*")
MISSING = 3  # rclone's exit code: there is no such folder


def is_remote(text):
    """Whether ``text`` names a place of rclone, and no path of this machine."""
    return bool(REMOTE.fullmatch(text))


def copy(whole, remote):
    """Copy a whole backup there, and ask whether it has arrived.

    :param whole: its folder
    """
    place = _inside(remote, whole.name)
    _rclone("copy", whole, place, "--exclude", vault.SUMS)
    _rclone("check", whole, place, "--exclude", vault.SUMS, "--one-way")
    _rclone("copyto", whole / vault.SUMS, _inside(place, vault.SUMS))


def backups(remote, database):
    """Names of the whole backups of ``database`` there, oldest first."""
    rows = _rclone("lsf", "-R", "--files-only", "--include", f"/*/{vault.SUMS}", remote)
    names = {row.split("/")[0] for row in rows.splitlines()}
    found = {name: vault.NAME.fullmatch(name) for name in names}
    return sorted(name for name, parts in found.items() if parts and parts[1] == database)


def retire(remote, made, database, keep):
    """Remove old ones there beside the one that was made just now, as ``vault.retire`` does; their
    names. Where the key may not remove anything the store does it by a rule of its own: 0 keeps
    all.
    """
    others = [name for name in backups(remote, database) if name != made]
    gone = others[: max(0, len(others) + 1 - keep)] if keep else []
    for name in gone:
        _rclone("purge", _inside(remote, name))
    return [_inside(remote, name) for name in gone]


@contextmanager
def fetched(remote, database, room):
    """A folder with the backup at ``remote`` while the context lasts.

    :param remote: of one backup, or of all of them for the newest
    :param database: a function that names the database of which the newest is wanted
    :param room: folder with room for it
    """
    with tempfile.TemporaryDirectory(prefix="water-backup-", dir=room) as folder:
        place = remote.rstrip("/")
        if not vault.NAME.fullmatch(place.rpartition("/")[2].rpartition(":")[2]):
            found = backups(remote, database())
            if not found:
                raise Stop(f"there is no backup of {database()} in {remote}")
            place = _inside(remote, found[-1])
        path = Path(folder) / place.rpartition("/")[2].rpartition(":")[2]
        say(f"fetching {place} ...")
        _rclone("copy", place, path)
        yield path


def _inside(remote, name):
    return f"{remote}{'' if remote.endswith((':', '/')) else '/'}{name}"


def _rclone(command, *args):
    done = subprocess.run(
        [program("rclone"), command, "--log-level", "ERROR", *(str(arg) for arg in args)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == MISSING and command == "lsf":
        return ""
    if done.returncode:
        raise Stop(f"rclone {command} did not succeed: {last_words(done.stderr)}")
    return done.stdout
