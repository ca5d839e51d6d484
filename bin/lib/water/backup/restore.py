"""bin/restore: a backup becomes a new database, or is tried beside the running one."""

import argparse
import fcntl
import os
import shutil
import subprocess
import tarfile
import time
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from ..place import Stop, main, say
from . import checking, repository, store, vault
from .__main__ import FOLDER
from .source import DRILLED, add_options, last_words, opened

PART = "-restoring"
DRILL = "-drill"
#: Whoever watches all databases looks at the new one as well, and PostgreSQL renames none in use.
CUT_OFF = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    " WHERE datname = '{name}' AND usename = current_user"
)

#: Where PostgreSQL of Debian keeps what it has, as far as it is on this machine.
DATABASES = Path("/var/lib/postgresql")
#: Bytes of PostgreSQL's log (max_wal_size) that a restore writes beside the database.
LOG = 2**30


def _options():
    parser = argparse.ArgumentParser(
        prog="bin/restore", description="Restores a backup into a new database and checks all of it"
    )
    add_options(parser)
    parser.add_argument(
        "backup",
        type=Path,
        nargs="?",
        default=FOLDER,
        help=f"a backup, or the folder of all for the newest ({FOLDER}); REMOTE:PATH of rclone too",
    )
    parser.add_argument("--identity", type=Path, help="the private key: what --new-key has made")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--to", metavar="NAME", help="name of the new database")
    what.add_argument(
        "--drill", action="store_true", help="restore, check, tell how long it took, and drop it"
    )
    parser.add_argument(
        "--neutralize",
        action="store_true",
        help="a copy for testing: no mail, messages, webhooks, scheduled actions, keys",
    )
    repository.add_options(parser)
    options = parser.parse_args()
    if options.pgbackrest and not options.drill:
        parser.error("--pgbackrest is for drills: pgbackrest restore puts it in its own place")
    if not (options.pgbackrest or options.identity):
        parser.error("--identity is needed: what is in a backup is encrypted")
    options.remote = str(options.backup) if store.is_remote(str(options.backup)) else None
    for name in ("config", "backup", "identity", "pgbackrest_config", "room"):
        if getattr(options, name):
            setattr(options, name, getattr(options, name).absolute())
    return options


def restore():
    """Run the command."""
    options = _options()
    os.umask(0o077)
    with opened(options) as source:
        if options.pgbackrest:
            repository.drill(source, options)
        else:
            _restore_backup(source, options)


def _restore_backup(source, options):
    """Fetch a backup where it is elsewhere, restore it, check it, and keep or drop the copy."""
    began = time.monotonic()
    with _found(source, options) as folder:
        manifest = vault.check(folder)
        for name in (vault.DATABASE, vault.FILES):
            vault.check_key(folder / name, options.identity)
        name = f"{source.database}{DRILL}" if options.drill else options.to
        need_room(_sizes(source, folder, manifest))
        with _alone(source, name), _dropped(source, f"{name}{PART}") as part:
            facts = _restore(source, options, folder, part)
            # what was gone before the backup was made is nobody's fault
            checking.judge(facts, manifest["missing"])
            if not options.drill:
                _rename(source, part, name)
        if options.drill:
            source.note(DRILLED)
    _tell(folder, options, facts, time.monotonic() - began)


def _sizes(source, folder, manifest):
    """Return {folder: bytes} that a copy needs beside the running system, on whose disks it is."""
    store = next(path for path in source.files("x").parents if path.exists())
    sizes = {store: (folder / vault.FILES).stat().st_size}
    if source.is_here() and DATABASES.is_dir():
        sizes[DATABASES] = manifest["database_size"] + LOG
    return sizes


def need_room(sizes):
    """Stop where the copy would fill a disk that the running system writes to.

    :param sizes: {folder: bytes}; folders may lie on one disk
    """
    disks = {}
    for path, size in sizes.items():
        disks.setdefault(path.stat().st_dev, []).append((path, size))
    for places in disks.values():
        room, size = places[0][0], sum(size for _path, size in places)
        if shutil.disk_usage(room).free < 1.2 * size:
            raise Stop(f"{size / 2**20:.0f} MB and a fifth more must be free in {room}")


def _found(source, options):
    if options.remote:
        return store.fetched(options.remote, lambda: source.database, options.room)
    return nullcontext(_newest(options.backup, source))


def _newest(path, source):
    """``path`` itself when it is a backup, which needs no database of that name to be known."""
    if vault.NAME.fullmatch(path.name) or not path.is_dir() or (path / vault.SUMS).exists():
        return path
    found = vault.backups(path, source.database)
    if not found:
        raise Stop(f"there is no backup of {source.database} in {path}")
    return found[-1]


@contextmanager
def _alone(source, name):
    """Refuse a name that is taken; nobody else restores to it meanwhile."""
    files = source.files(name).parent
    if not files.exists():
        files.mkdir(parents=True)
        source.give(files)
    path = files.parent / f"restore-{name}.lock"
    with path.open("a") as lock:
        source.give(path)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(f"another bin/restore makes {name}") from None
        if source.has(name) or source.files(name).exists():
            raise Stop(f"there is a database {name} already, or its files: choose another name")
        yield


@contextmanager
def _dropped(source, name):
    """A name for what is being restored: whatever happens, nothing half-done stays behind."""
    _drop(source, name)  # what was killed before
    try:
        yield name
    finally:
        _drop(source, name)


def _drop(source, name):
    source.run(["dropdb", "--if-exists", "--force", name], "the copy could not be removed")
    shutil.rmtree(source.files(name), ignore_errors=True)


def _restore(source, options, folder, part):
    """Make the database ``part`` of a backup, and return what the check has found."""
    failure = "the new database could not be made"
    source.run(["createdb", "-T", "template0", "-E", "UTF8", "--lc-collate=C", part], failure)
    with vault.decrypting(folder / vault.DATABASE, options.identity) as stream:
        _load(source, part, stream)
    if options.drill or options.neutralize:  # first of all: nothing may act in its name
        source.odoo("neutralize", part, "the copy could not be neutralized")
    source.files(part).mkdir()
    with (
        vault.decrypting(folder / vault.FILES, options.identity) as stream,
        tarfile.open(fileobj=stream, mode="r|") as archive,
    ):
        archive.extractall(source.files(part), filter="data")
    facts = checking.checked(source, part)
    source.give(source.files(part))  # with what the check has written there
    return facts


def _load(source, part, stream):
    command = ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "-d", part]
    done = subprocess.run(
        command, stdin=stream, capture_output=True, env=source.environment(), check=False
    )
    if done.returncode:
        raise Stop(f"the database could not be restored: {last_words(done.stderr.decode())}")


def _rename(source, part, name):
    """Files first: a database without its files would be half restored."""
    source.files(part).rename(source.files(name))
    try:
        source.sql(CUT_OFF.format(name=part), "postgres")
        source.sql(f'ALTER DATABASE "{part}" RENAME TO "{name}"', "postgres")
    except BaseException:
        with suppress(OSError):
            source.files(name).rename(source.files(part))
        raise


def _tell(folder, options, facts, seconds):
    what = "was restored, checked and dropped" if options.drill else f"is {options.to}"
    say(f"{folder.name} {what} in {seconds:.0f} s; whole: {checking.counts(facts)}")


if __name__ == "__main__":
    main(restore)
