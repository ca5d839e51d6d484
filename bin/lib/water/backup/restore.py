"""bin/restore: a backup becomes a new database, or is tried beside the running one."""

import argparse
import fcntl
import os
import shutil
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from ..place import Stop, main, say
from . import checking, repository, vault
from .__main__ import add_repository, found_key
from .source import DRILLED, add_options, last_words, opened

PART = "-restoring"
DRILL = "-drill"
#: Monitoring may be connected to the new database, and PostgreSQL renames no database in use.
CUT_OFF = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    " WHERE datname = '{name}' AND usename = current_user"
)

#: where Debian's PostgreSQL keeps its data on this machine
DATABASES = Path("/var/lib/postgresql")
#: Bytes of PostgreSQL's log (max_wal_size) that a restore writes beside the database.
LOG = 2**30


def _options():
    parser = argparse.ArgumentParser(
        prog="bin/restore", description="Restores a backup into a new database and checks all of it"
    )
    add_options(parser)
    add_repository(parser)
    parser.add_argument(
        "--backup", metavar="TAG", help="which one, by its time; without it the newest"
    )
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
    for name in ("config", "pgbackrest_config", "room"):
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
    """Restore a backup, check it, and keep or drop the copy."""
    began = time.monotonic()
    made = vault.Vault(options.repository, found_key(options))
    tag, found = _chosen(made.sets(source.database), options.backup, source.database)
    manifest = made.manifest(found)
    name = f"{source.database}{DRILL}" if options.drill else options.to
    need_room(_sizes(source, manifest))
    with _alone(source, name), _dropped(source, f"{name}{PART}") as part:
        facts = _restore(source, options, made, found, part)
        # files missing before the backup do not count
        checking.judge(facts, manifest["missing"])
        if not options.drill:
            _rename(source, part, name)
    if options.drill:
        source.note(DRILLED)
    what = "was restored, checked and dropped" if options.drill else f"is {options.to}"
    seconds = time.monotonic() - began
    say(f"{source.database} {tag} {what} in {seconds:.0f} s; whole: {checking.counts(facts)}")


def _chosen(sets, wanted, database):
    tag = wanted or next(reversed(sets), None)
    if tag not in sets:
        raise Stop(f"there is no whole backup {wanted or ''} of {database}: {', '.join(sets)}")
    return tag, sets[tag]


def _sizes(source, manifest):
    """Return {folder: bytes} that a copy needs on the running system's disks."""
    store = next(path for path in source.files("x").parents if path.exists())
    sizes = {store: manifest["files_size"]}
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


@contextmanager
def _alone(source, name):
    """Refuse an existing name, and block other restores to it meanwhile."""
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
    """Yield a temporary name and remove everything under it at the end."""
    _drop(source, name)  # left over from a killed run
    try:
        yield name
    finally:
        _drop(source, name)


def _drop(source, name):
    source.run(["dropdb", "--if-exists", "--force", name], "the copy could not be removed")
    shutil.rmtree(source.files(name), ignore_errors=True)


def _restore(source, options, made, found, part):
    """Create the database ``part`` from a backup and return what the check found."""
    failure = "the new database could not be made"
    source.run(["createdb", "-T", "template0", "-E", "UTF8", "--lc-collate=C", part], failure)
    with made.dump(found) as stream:
        _load(source, part, stream)
    if options.drill or options.neutralize:  # before anything else, so that the copy sends nothing
        source.odoo("neutralize", part, "the copy could not be neutralized")
    made.lay(found, source.files(part))
    facts = checking.checked(source, part)
    source.give(source.files(part))  # including what the check wrote
    return facts


def _load(source, part, stream):
    command = ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "-d", part]
    done = subprocess.run(
        command, stdin=stream, capture_output=True, env=source.environment(), check=False
    )
    if done.returncode:
        raise Stop(f"the database could not be restored: {last_words(done.stderr.decode())}")


def _rename(source, part, name):
    """Rename the files first: a database without its files would be half restored."""
    source.files(part).rename(source.files(name))
    try:
        source.sql(CUT_OFF.format(name=part), "postgres")
        source.sql(f'ALTER DATABASE "{part}" RENAME TO "{name}"', "postgres")
    except BaseException:
        with suppress(OSError):
            source.files(name).rename(source.files(part))
        raise


if __name__ == "__main__":
    main(restore)
