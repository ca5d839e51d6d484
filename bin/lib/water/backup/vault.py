"""One backup: a folder of encrypted members and the digests of all, which are written last.

It is encrypted for recipients, whose keys cannot open it again (age): the machine that makes
backups does not hold what reads them. ``sha256sum -c SHA256SUMS`` tells anybody whether one is
whole; ``age --decrypt`` and ``pg_restore`` open it without this project.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from typing import Any

from ..place import Stop, say
from .source import last_words

FORMAT, VERSION = "water-backup", 2
DATABASE, FILES = "database.dump.age", "files.tar.age"
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
PART = ".part"
NAME = re.compile(r"(.+)-\d{8}T\d{6}Z")
CHUNK = 2**20
PIPES: dict[str, Any] = {
    "stdin": subprocess.PIPE,
    "stdout": subprocess.PIPE,
    "stderr": subprocess.PIPE,
}


# -- writing ------------------------------------------------------------------------------------


@contextmanager
def encrypting(path, recipients):
    """A stream; what is written to it is in the file ``path``, encrypted, when the context ends.

    :param recipients: file of public keys of age, a line each
    """
    command = ["age", "--encrypt", "--recipients-file", recipients, "--output", path]
    process: Any = subprocess.Popen([str(part) for part in command], **PIPES)
    try:
        yield process.stdin
        process.stdin.close()
    except BrokenPipeError:
        pass
    except BaseException:
        process.kill()
        process.wait()
        raise
    said = process.stderr.read().decode()
    if process.wait():
        raise Stop(f"age cannot encrypt for {recipients}: {_first_words(said)}")


def finish(folder, manifest):
    """Write what the folder is and the digests of its members; from now on it counts.

    :param folder: path that ends in ``PART``
    :return: path of the whole backup
    """
    text = json.dumps({"format": FORMAT, "version": VERSION, **manifest}, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(f"{text}\n")
    members = sorted(path for path in folder.iterdir() if path.name != SUMS)
    lines = [f"{_digest(path)}  {path.name}\n" for path in members]
    (folder / SUMS).write_text("".join(lines))
    for path in folder.iterdir():
        _sync(path)
    whole = folder.with_name(folder.name.removesuffix(PART))
    folder.rename(whole)
    _sync(whole)
    _sync(whole.parent)
    return whole


def _digest(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path):
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# -- the folder of all --------------------------------------------------------------------------


@contextmanager
def alone(folder, source):
    """Lock the backups of the database of ``source`` in ``folder``.

    :param folder: of all backups; made when it is not there
    """
    database = source.database
    if not folder.exists():
        folder.mkdir(parents=True)
        source.give(folder)
    path = folder / f"{database}.lock"
    with path.open("a") as lock:
        source.give(path)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(f"another bin/backup of {database} to {folder} is running") from None
        except OSError as error:  # some network drives have no locks
            say(f"warning: {folder} cannot be locked: {error.strerror}")
        yield


def backups(folder, database):
    """The whole backups of ``database`` in ``folder``, oldest first."""
    return [path for path in _named(folder, database) if (path / SUMS).is_file()]


def _named(folder, database, ending=""):
    found = {path: NAME.fullmatch(path.name.removesuffix(ending)) for path in folder.iterdir()}
    mine = [path for path, name in found.items() if name and name[1] == database]
    return sorted(path for path in mine if path.name.endswith(ending))


def retire(made, database, keep):
    """Remove old backups beside the one that was made just now, and what broke off; their names.

    A clock that was ahead has left names that look newer: what was made just now stays.

    :param made: path of that backup
    :param keep: how many of ``database`` stay, with it
    """
    others = [path for path in backups(made.parent, database) if path != made]
    gone = others[: max(0, len(others) + 1 - keep)]
    gone += _named(made.parent, database, PART)
    for path in gone:
        shutil.rmtree(path)
    return [path.name for path in gone]


# -- reading ------------------------------------------------------------------------------------


def check(folder):
    """Return the manifest of a backup that is whole and unchanged; Stop with all that is wrong."""
    if not (folder / SUMS).is_file():
        raise Stop(f"{folder} is no backup, or half a one: it has no {SUMS}")
    lines = (folder / SUMS).read_text(errors="replace").splitlines()
    wanted = dict(reversed(line.split("  ", 1)) for line in lines if "  " in line)
    faults = [
        f"{name} was changed" if (folder / name).is_file() else f"{name} is missing"
        for name in sorted(wanted.keys() | {DATABASE, FILES, MANIFEST})
        if "/" in name
        or not (folder / name).is_file()
        or _digest(folder / name) != wanted.get(name)
    ]
    if faults:
        raise Stop(f"{folder.name} is not as it was made: {', '.join(faults)}")
    manifest = json.loads((folder / MANIFEST).read_text())
    if (manifest.get("format"), manifest.get("version")) != (FORMAT, VERSION):
        raise Stop(f"{folder.name} was made by another version of bin/backup")
    return manifest


def check_key(path, identity):
    """Stop unless ``identity``, a file of private keys of age, opens ``path``."""
    process = _decryption(path, identity)
    begins = process.stdout.read(1)
    process.kill()
    said = process.communicate()[1].decode()
    if not begins:
        raise Stop(f"{identity} does not open {path.parent.name}: {_first_words(said)}")


@contextmanager
def decrypting(path, identity):
    """A stream of what was encrypted; raises Stop when it does not come to its end."""
    process = _decryption(path, identity)
    try:
        yield process.stdout
        while process.stdout.read(CHUNK):  # what fills the last block of an archive
            pass
    except BaseException as error:
        process.stdout.close()  # which ends it, unless it has ended by itself with a fault
        if process.wait() > 0 and isinstance(error, Exception):
            raise Stop(_cannot_be_opened(path, process)) from error
        raise
    if process.wait():
        raise Stop(_cannot_be_opened(path, process))


def _cannot_be_opened(path, process):
    return f"{path.name} cannot be opened: {_first_words(process.stderr.read().decode())}"


def _decryption(path, identity):
    command = ["age", "--decrypt", "--identity", str(identity), str(path)]
    return subprocess.Popen(command, **PIPES | {"stdin": subprocess.DEVNULL})


def _first_words(text):
    lines = [line.removeprefix("age: ") for line in text.splitlines() if line.startswith("age: ")]
    return lines[0].removeprefix("error: ") if lines else last_words(text)
