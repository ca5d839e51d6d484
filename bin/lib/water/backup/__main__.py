"""bin/backup: the database first, then its files, encrypted, in a folder of their own."""

import argparse
import os
import shutil
import subprocess
import tarfile
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..odoo import ADDONS
from ..place import Stop, main, say
from . import store, vault
from .source import MADE, add_options, last_words, opened

RECIPIENTS = Path("/etc/water-service/backup.pub")
FOLDER = Path("/var/backups/water-service")
#: Files that somebody needs: what else lies there, Odoo removes.
NAMED = "SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL ORDER BY 1"
#: Writers go on, but Odoo's removal of files waits. The dump and the names of files are of one
#: moment: what somebody removes meanwhile is in both.
KEEP_FILES = f"""BEGIN ISOLATION LEVEL REPEATABLE READ;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;
LOCK TABLE ir_attachment IN ROW EXCLUSIVE MODE; SELECT 'at ' || pg_export_snapshot(); {NAMED};
"""
KEPT = "kept"


def _many(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one has to be kept")
    return number


def _options():
    parser = argparse.ArgumentParser(
        prog="bin/backup",
        description="Backs up a database and its files, encrypted for the keys of --recipients",
    )
    add_options(parser)
    parser.add_argument("--to", type=Path, default=FOLDER, help=f"folder of all backups ({FOLDER})")
    parser.add_argument(
        "--recipients", type=Path, default=RECIPIENTS, help=f"public keys of age ({RECIPIENTS})"
    )
    parser.add_argument("--keep", type=_many, default=14, help="how many are kept (14)")
    parser.add_argument(
        "--store", metavar="REMOTE:PATH", help="copy it there as well, by rclone: an object store"
    )
    parser.add_argument(
        "--keep-stored", type=int, default=60, help="how many are kept there (60); 0: all"
    )
    parser.add_argument(
        "--new-key",
        type=Path,
        metavar="FILE",
        help="make a key pair and end: FILE opens backups, FILE.pub makes them",
    )
    options = parser.parse_args()
    if options.store and not store.is_remote(options.store):
        parser.error(f"{options.store} is no place of rclone, which writes NAME:PATH")
    for name in ("config", "to", "recipients", "new_key"):
        if getattr(options, name):
            setattr(options, name, getattr(options, name).absolute())
    return options


def backup():
    """Run the command."""
    options = _options()
    os.umask(0o077)
    if options.new_key:
        return _make_key(options.new_key)
    if not options.recipients.is_file():
        raise Stop(f"there are no public keys in {options.recipients}: bin/backup --new-key FILE")
    with opened(options) as source, vault.alone(options.to, source):
        began = time.monotonic()
        whole = _back_up(source, options)
        gone = vault.retire(whole, source.database, options.keep)
        if options.store:
            store.copy(whole, options.store)
            kept = options.keep_stored
            gone += store.retire(options.store, whole.name, source.database, kept)
        source.note(MADE)
    size = sum(path.stat().st_size for path in whole.iterdir()) / 2**20
    say(f"{whole}: {size:.1f} MB in {time.monotonic() - began:.0f} s")
    for name in gone:
        say(f"removed: {name}")
    return 0


def _make_key(path):
    public = path.with_name(f"{path.name}.pub")
    done = subprocess.run(
        ["age-keygen", "--output", path], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Stop(f"no key was made: {last_words(done.stderr)}")
    key = subprocess.run(["age-keygen", "-y", path], capture_output=True, text=True, check=True)
    public.write_text(key.stdout)
    public.chmod(0o644)
    say(f"{path} opens backups: keep it apart from them and from this machine, twice.")
    say(f"{public} makes them: give it to bin/backup --recipients.")
    return 0


def _back_up(source, options):
    made_at, folder = _place(source.database, options.to)
    try:
        with _files_kept(source) as (moment, names):
            _dump(source, moment, folder / vault.DATABASE, options.recipients)
            count, missing = _pack(source, names, folder / vault.FILES, options.recipients)
        manifest = {"database": source.database, "made_at": f"{made_at:%Y-%m-%dT%H:%M:%SZ}"}
        manifest |= {"files": count, "missing": missing, "addons": _versions(source)}
        manifest["database_size"] = source.size(source.database)
        whole = vault.finish(folder, manifest)
        source.give(whole)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if missing:
        say(f"warning: {len(missing)} files that attachments name were gone already")
    return whole


def _place(database, store):
    """Make the folder of a backup that begins: ``(when, path)``; no other one bears its second."""
    while True:
        made_at = datetime.now(UTC)
        folder = store / f"{database}-{made_at:%Y%m%dT%H%M%SZ}{vault.PART}"
        if not (folder.exists() or folder.with_suffix("").exists()):
            folder.mkdir()
            return made_at, folder
        time.sleep(0.1)


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
        **vault.PIPES,
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
    """The lines that psql answers; Stop when its connection is gone, and what it held with it."""
    lines: list[str] = []
    with suppress(BrokenPipeError):
        process.stdin.write(f"{statement}SELECT '{KEPT}';\n")
        process.stdin.flush()
    for line in process.stdout:
        if line == f"{KEPT}\n":
            return lines
        lines.append(line.rstrip("\n"))
    raise Stop(f"PostgreSQL did not keep the files: {last_words(process.stderr.read())}")


def _dump(source, moment, path, recipients):
    command = ["pg_dump", "-Fc", "-Z1", "--no-owner", f"--snapshot={moment}"]
    with vault.encrypting(path, recipients) as stream:
        done = subprocess.run(
            [*command, "-d", source.database],
            stdout=stream,
            stderr=subprocess.PIPE,
            env=source.environment(),
            check=False,
        )
    if done.returncode:
        raise Stop(f"the database could not be dumped: {last_words(done.stderr.decode())}")


def _pack(source, names, path, recipients):
    """Put the files ``names`` into ``path``: how many, and which are not there."""
    folder, missing, count = source.files(source.database), [], 0
    with (
        vault.encrypting(path, recipients) as stream,
        tarfile.open(fileobj=stream, mode="w|") as archive,
    ):
        for name in names:
            try:
                archive.add(folder / name, name)
                count += 1
            except FileNotFoundError:
                missing.append(name)
    return count, missing


if __name__ == "__main__":
    main(backup)
