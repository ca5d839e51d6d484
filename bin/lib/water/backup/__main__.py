"""bin/backup: the database first, then its files, into a repository of restic."""

import argparse
import fcntl
import json
import os
import secrets
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..odoo import ADDONS
from ..place import Stop, main, say
from . import vault
from .source import MADE, add_options, last_words, opened

KEY = Path("/etc/water-service/backup.key")
REPOSITORY = "/var/backups/water-service"
#: files in use; Odoo removes the others
NAMED = "SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL ORDER BY 1"
#: Writers go on, but Odoo's removal of files waits. The dump and the names of files share one
#: snapshot, so files that are removed meanwhile are in both.
KEEP_FILES = f"""BEGIN ISOLATION LEVEL REPEATABLE READ;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;
LOCK TABLE ir_attachment IN ROW EXCLUSIVE MODE; SELECT 'at ' || pg_export_snapshot(); {NAMED};
"""
KEPT = "kept"
PIPES: dict[str, Any] = {
    "stdin": subprocess.PIPE,
    "stdout": subprocess.PIPE,
    "stderr": subprocess.PIPE,
}


def add_repository(parser):
    """Add the options of the repository that both commands have."""
    parser.add_argument(
        "--repository",
        default=REPOSITORY,
        help=f"of restic: a folder, s3:…, sftp:…, rest:… ({REPOSITORY})",
    )
    parser.add_argument(
        "--key", type=Path, help=f"file with its password ({KEY}, or RESTIC_PASSWORD)"
    )


def found_key(options):
    """Return the path of the key, or None where the environment has the password."""
    if options.key or not os.environ.get("RESTIC_PASSWORD"):
        key = (options.key or KEY).absolute()
        if not key.is_file():
            raise Stop(f"there is no key in {key}: bin/backup --new-key FILE")
        return key
    return None


def _many(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one has to be kept")
    return number


def _options():
    parser = argparse.ArgumentParser(
        prog="bin/backup", description="Backs up a database and its files, encrypted by restic"
    )
    add_options(parser)
    add_repository(parser)
    parser.add_argument("--keep", type=_many, default=14, help="how many are kept (14)")
    parser.add_argument(
        "--store", metavar="REPOSITORY", help="copy it there as well, to a second repository"
    )
    parser.add_argument(
        "--keep-stored", type=int, default=60, help="how many are kept there (60); 0: all"
    )
    parser.add_argument("--new-key", type=Path, metavar="FILE", help="make a key and end")
    options = parser.parse_args()
    if options.config:
        options.config = options.config.absolute()
    return options


def backup():
    """Run the command."""
    options = _options()
    os.umask(0o077)
    if options.new_key:
        return _make_key(options.new_key)
    made = vault.Vault(options.repository, found_key(options))
    with opened(options) as source, _alone(source):
        began = time.monotonic()
        made.prepare()
        tag = _back_up(source, made)
        gone = made.retire(source.database, tag, options.keep)
        source.give(Path(made.place))
        if options.store:
            away = vault.Vault(options.store, made.key)
            away.prepare(like=made)
            away.copy(made, source.database, tag)
            gone += away.retire(source.database, tag, options.keep_stored)
        source.note(MADE)
    say(f"{source.database} {tag} in {made.place}: {time.monotonic() - began:.0f} s")
    for name in gone:
        say(f"removed: {name}")
    return 0


@contextmanager
def _alone(source):
    """Refuse a second run: it would take the unfinished work of the first for an aborted one."""
    folder = source.files(source.database).parents[1]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"backup-{source.database}.lock"
    with path.open("a") as lock:
        source.give(path)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(f"another bin/backup of {source.database} is running") from None
        yield


def _make_key(path):
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise Stop(f"there is a file {path} already") from None
    path.write_text(f"{secrets.token_hex(32)}\n")
    say(f"{path} opens backups: keep it apart from them and from this machine, twice.")
    return 0


def _back_up(source, made):
    """Make one backup; return its tag."""
    tag, database = vault.new_tag(), source.database
    folder = source.files(database)
    with _files_kept(source) as (moment, names):
        command = ["pg_dump", "-Fc", "-Z0", "--no-owner", f"--snapshot={moment}", "-d", database]
        process: Any = subprocess.Popen(command, env=source.environment(), **PIPES)
        with process:
            made.put(database, tag, vault.DATABASE, stdin=process.stdout)
            said = process.stderr.read().decode()
        if process.returncode:
            raise Stop(f"the database could not be dumped: {last_words(said)}")
        sizes = {name: _size(folder / name) for name in names}
        made.put_folder(database, tag, folder)
    missing = [name for name, size in sizes.items() if size is None]
    manifest = {"database": database, "addons": _versions(source), "missing": missing}
    manifest["database_size"] = source.size(database)
    manifest["files_size"] = sum(size or 0 for size in sizes.values())
    made.put(database, tag, vault.MANIFEST, input=json.dumps(manifest).encode())
    if missing:
        say(f"warning: {len(missing)} files that attachments name were gone already")
    return tag


def _size(path):
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _versions(source):
    names = ", ".join(f"'{name}'" for name in ("base", *ADDONS))
    query = f"SELECT name, latest_version FROM ir_module_module WHERE name IN ({names})"
    return dict(line.split("\t") for line in source.sql(query))


@contextmanager
def _files_kept(source):
    """Meanwhile Odoo removes no files; yields the snapshot of PostgreSQL, and all that it names."""
    process: Any = subprocess.Popen(
        ["psql", "-X", "-At", "-q", "-d", source.database],
        env=source.environment(),
        **PIPES,
        text=True,
    )
    try:
        moment, *names = _asked(process, KEEP_FILES)
        yield moment.removeprefix("at "), names
        _asked(process, "")
    finally:
        process.kill()
        process.wait()


def _asked(process, statement):
    """Return the lines that psql prints.

    :raises Stop: when its connection is lost, and its locks with it
    """
    lines: list[str] = []
    with suppress(BrokenPipeError):
        process.stdin.write(f"{statement}SELECT '{KEPT}';\n")
        process.stdin.flush()
    for line in process.stdout:
        if line == f"{KEPT}\n":
            return lines
        lines.append(line.rstrip("\n"))
    raise Stop(f"PostgreSQL did not keep the files: {last_words(process.stderr.read())}")


if __name__ == "__main__":
    main(backup)
