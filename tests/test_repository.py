"""Backups in a store of objects: pgBackRest's, tried as of a moment, and those of bin/backup.

A server of its own writes its log there all the time. After a moment something is altered that
a check must find: as of that moment all is well, and as of now it is not.
"""

import os
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import object_store
import pytest
from conftest import _free_port
from test_restore import _run
from water.backup import vault

#: A disposable server that writes everything recovery needs.
SERVER = """
fsync = off
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
max_wal_size = 4GB
max_connections = 50
jit = off
archive_mode = on
archive_command = 'pgbackrest --config={folder}/pgbackrest.conf --stanza=water archive-push %p'
"""
PGBACKREST = """[global]
{store}
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass=secret
repo1-retention-full=4
repo1-bundle=y
compress-type=zst
start-fast=y
process-max=2
log-level-file=off
log-level-console=warn
log-path={folder}
lock-path={folder}/lock
spool-path={folder}/spool

[water]
pg1-path={folder}/data
pg1-port={port}
pg1-socket-path={folder}
pg1-user=odoo
"""
#: scripts of the web client, unused here, are most of the bytes
SCRIPTS = "DELETE FROM ir_attachment WHERE url LIKE '/web/assets/%'"
ALTER = """
UPDATE water_case_event SET at = at {} interval '1 hour'
 WHERE id = (SELECT min(id) FROM water_case_event);
"""
NAME = "water"


@dataclass
class Site:
    """A server, Odoo's configuration for it, its files, and the settings of pgBackRest."""

    folder: Path
    port: int
    python: str

    def sql(self, statement, database=NAME):
        """The output of a statement."""
        command = ["psql", "-X", "-Atq", "-v", "ON_ERROR_STOP=1", "-c", statement]
        command += ["-h", self.folder, "-p", self.port, "-U", "odoo", "-d", database]
        return _done(command).stdout.strip()

    def pgbackrest(self, *args):
        """A pgBackRest command that prints only errors."""
        done = _done(["pgbackrest", f"--config={self.folder}/pgbackrest.conf", *args])
        assert not done.stderr, done.stderr

    def drill(self, *options):
        """bin/restore --drill of the repository."""
        where = ["--config", self.folder / "odoo.conf", "--python", self.python]
        where += ["--pgbackrest-config", self.folder / "pgbackrest.conf", "--room", self.folder]
        return _run("restore", *where, "--drill", "--pgbackrest", "water", *options)


def _done(command, **options):
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **options
    )
    assert done.returncode == 0, f"{command[0]}: {done.stdout[-1000:]}{done.stderr[-3000:]}"
    return done


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store of objects."""
    with object_store.serving(
        tmp_path_factory.mktemp("store"), (_free_port(), _free_port())
    ) as found:
        yield found


@pytest.fixture(scope="module")
def site(stack, store, copied, tmp_path_factory):
    """A ``Site`` with the database of all tests, one full backup of it, and its log ever since."""
    with _memory(tmp_path_factory.mktemp("site")) as folder, _server(folder, stack, store) as found:
        # of a copy: while a test reads the template, others cannot copy it
        name = f"water-kept-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
        with copied(name):
            _fill(found, stack, name)
        yield found


@contextmanager
def _memory(otherwise):
    """A folder in memory: pgBackRest waits for the disk after each of some thousand files."""
    memory = Path("/dev/shm")  # noqa: S108
    if not memory.is_dir() or shutil.disk_usage(memory).free < 3 * 2**30:
        yield otherwise
        return
    with tempfile.TemporaryDirectory(prefix="water-", dir=memory) as folder:
        yield Path(folder)


@contextmanager
def _server(folder, stack, store):
    port = _free_port()
    program = Path(shutil.which("pg_ctl")).parent
    _done([program / "initdb", "-D", folder / "data", "-U", "odoo", "-A", "trust", "--no-sync"])
    values = {"folder": folder, "port": port, "store": store.pgbackrest()}
    (folder / "pgbackrest.conf").write_text(PGBACKREST.format(**values))
    with (folder / "data/postgresql.conf").open("a") as file:
        file.write(SERVER.format(**values))
    control = [program / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "postgresql.log"]
    _done([*control, "start"])
    try:
        yield Site(folder, port, stack["python"])
    finally:
        _done([*control, "-m", "immediate", "stop"])


def _fill(site, stack, source):
    config = Path(stack["config"]).read_text()
    own = {"db_host": "127.0.0.1", "db_port": site.port, "db_name": NAME, "data_dir": site.folder}
    for name, text in own.items():
        config = re.sub(rf"(?m)^{name} = .*\n", "", config) + f"{name} = {text}\n"
    (site.folder / "odoo.conf").write_text(config)
    site.sql(f"CREATE DATABASE {NAME} TEMPLATE template0 LC_COLLATE 'C'", "postgres")
    dump = site.folder / "water.dump"
    _done(["pg_dump", "-Fd", "-j2", "-Z0", "-f", dump, source])
    restore = ["pg_restore", "-j2", "--no-owner", "-d", NAME, "-h", site.folder, "-p", site.port]
    _done([*restore, "-U", "odoo", dump])
    site.sql(SCRIPTS)
    files = Path(stack["data"]) / "filestore" / source
    shutil.copytree(files, site.folder / "filestore" / NAME)
    site.pgbackrest("--stanza=water", "stanza-create")
    site.pgbackrest("--stanza=water", "--type=full", "backup")


def _left(site):
    """Remains of drills on the disk."""
    return sorted(path.name for path in site.folder.glob("water-drill-*"))


def test_as_of_a_moment(site):
    """Later changes are not in it, and files deleted since are no fault.

    The latest state has everything that the running system has.
    """
    noted = "SELECT count(*) FROM ir_config_parameter WHERE key LIKE '%backup_drilled_at'"
    # pgBackRest looks for a backup that ended in an earlier second
    moment = site.sql("SELECT clock_timestamp() FROM pg_sleep(1.1)")
    gone = site.sql("SELECT store_fname FROM ir_attachment WHERE store_fname <> '' LIMIT 1")
    site.sql(f"DELETE FROM ir_attachment WHERE store_fname = '{gone}'")
    (site.folder / "filestore" / NAME / gone).unlink()
    site.sql(ALTER.format("+"))
    site.pgbackrest("--stanza=water", "check")  # which waits until the log so far is there
    (site.folder / "water-drill-left").mkdir()  # by one that was killed
    done = site.drill("--at", moment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"water as of {moment} was restored (" in done.stdout
    assert (site.sql(noted), _left(site)) == ("1", [])
    print(done.stdout)
    done = site.drill()
    assert (done.returncode, "was altered" in done.stdout) == (1, True), done.stdout + done.stderr
    assert "1 faults in what was restored" in done.stderr
    site.sql(ALTER.format("-"))
    assert _left(site) == []


def test_impossible_cases(site):
    """A time before all backups, a missing stanza: the reason, and nothing is left."""
    for words, options in (
        ("unable to find backup set", ["--at", "2020-01-01 00:00:00+00"]),
        ("there is no backup of other", ["--pgbackrest", "other"]),
    ):
        done = site.drill(*options)
        assert (done.returncode, words in done.stderr) == (1, True), done.stderr
    assert _left(site) == []


@pytest.fixture
def back_up(site, store, monkeypatch):
    """Return a function that runs bin/backup with a store."""
    for name, text in store.restic().items():
        monkeypatch.setenv(name, text)
    if not (site.folder / "key").exists():
        assert _run("backup", "--new-key", site.folder / "key").returncode == 0
    return lambda *more: _run("backup", *_where(site), *more)


def _where(site):
    where = ["--config", site.folder / "odoo.conf", "--python", site.python]
    return [*where, "--key", site.folder / "key", "--repository", site.folder / "backups"]


def test_backups_in_the_store(site, store, back_up):
    """A backup is copied there, whole; restored from there it is checked as ever."""
    for _night in range(3):
        done = back_up("--keep", "1", "--store", store.address, "--keep-stored", "2")
        assert done.returncode == 0, done.stderr
    here, there = (
        vault.Vault(place, site.folder / "key")
        for place in (site.folder / "backups", store.address)
    )
    assert [*here.sets(NAME)] == [*there.sets(NAME)][-1:]
    assert len(there.sets(NAME)) == 2 and done.stdout.count("removed: ") == 2
    shutil.rmtree(site.folder / "backups")
    done = _run("restore", *_where(site), "--repository", store.address, "--drill")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "was restored, checked and dropped" in done.stdout


def test_a_store_that_does_not_take_it(site, back_up):
    """The backup stays on this machine but does not count, so the alarm continues."""
    noted = "SELECT count(*) FROM ir_config_parameter WHERE key LIKE '%backup_made_at'"
    site.sql("DELETE FROM ir_config_parameter WHERE key LIKE '%backup_made_at'")
    (site.folder / "other").write_text("another key")
    vault.Vault(site.folder / "store", site.folder / "other").prepare()
    done = back_up("--store", site.folder / "store", "--keep", "1")
    assert (done.returncode, "wrong password" in done.stderr) == (1, True)
    made = vault.Vault(site.folder / "backups", site.folder / "key").sets(NAME)
    assert (len(made), site.sql(noted)) == (1, "0")
    assert back_up().returncode == 0
    assert site.sql(noted) == "1"
