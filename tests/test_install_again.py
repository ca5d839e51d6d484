"""Repeated bin/install: after any abort, database, files and program match."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from water.install import __main__ as command
from water.install import database, machine
from water.place import Stop

NAMES = ("water-swap", "water-swap-before", "water-swap-part")
STEPS = 4  # two databases get another name, and their files


class PowerFailure(BaseException):
    """Signals that no handler sees."""


def _psql(name, statement):
    args = ["psql", "-X", "-Atq", "-v", "ON_ERROR_STOP=1", "-d", name, "-c", statement]
    done = subprocess.run(args, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _drop_all():
    for name in NAMES:
        subprocess.run(["dropdb", "--if-exists", "--force", name], check=True)


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A database with its files, and an upgraded copy of both, as the user of the tests."""
    run = machine.run
    for name, value in zip(("DATABASE", "BEFORE", "PART"), NAMES, strict=True):
        monkeypatch.setattr(database, name, value)
    monkeypatch.setattr(database, "DATA", tmp_path)
    monkeypatch.setattr(database, "STAMP", tmp_path / "installed.json")
    monkeypatch.setattr(machine, "LOG", tmp_path / "log")
    monkeypatch.setattr(machine, "run", lambda *args, user=None, **more: run(*args, **more))
    _drop_all()
    for name, text in ((NAMES[0], "old"), (NAMES[2], "new")):
        subprocess.run(["createdb", "-T", "template0", name], check=True)
        _psql(name, f"CREATE TABLE what AS SELECT '{text}' AS it")
        (tmp_path / "filestore" / name).mkdir(parents=True)
        (tmp_path / "filestore" / name / "file").write_text(text)
    yield database.Database({"db_port": os.environ["PGPORT"]})
    _drop_all()


def _found(site):
    """The contents under the site's name: in the database, and among the files."""
    return _psql(NAMES[0], "SELECT it FROM what"), (site.store / NAMES[0] / "file").read_text()


@pytest.mark.parametrize("step", range(STEPS))
@pytest.mark.parametrize("is_done", [False, True])
def test_power_fails_amid_the_swap(site, monkeypatch, step, is_done):
    """Before and after each step; the next run puts it right, and then comes to its end."""
    count = iter(range(STEPS))

    def breaking(act):
        def acted(*args):
            if next(count) != step:
                return act(*args)
            if is_done:
                act(*args)
            raise PowerFailure

        return acted

    sql, move = database._sql, database.Database._move
    rename = breaking(sql)
    with monkeypatch.context() as broken:
        broken.setattr(
            database, "_sql", lambda *args: (rename if "RENAME" in args[1] else sql)(*args)
        )
        broken.setattr(database.Database, "_move", breaking(move))
        with pytest.raises(PowerFailure):
            site.put_in_place(NAMES[2])
    site.recover(NAMES[2])
    assert _found(site) in [("old", "old"), ("new", "new")]
    if _found(site)[0] == "old":
        assert site.exists(NAMES[2]), "the new one was not in place, so it is still there"
        site.put_in_place(NAMES[2])
        assert _psql(NAMES[1], "SELECT it FROM what") == "old"
    assert _found(site) == ("new", "new")
    assert (site.store / NAMES[1] / "file").read_text() == "old"


def test_connected_users_do_not_block_restore(site):
    """A backup, a console, a monitor: PostgreSQL refuses to rename a database in use."""
    reader = subprocess.Popen(
        ["psql", "-X", "-d", NAMES[0], "-c", "SELECT pg_sleep(60)"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    query = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{NAMES[0]}'"
    while _psql("postgres", query) == "0":
        assert reader.poll() is None
    site.put_in_place(NAMES[2])
    assert reader.wait(30) != 0
    assert _found(site) == ("new", "new")
    assert database.STAMP.exists()


class Refusing:
    """A database whose upgrade fails."""

    def __init__(self, _settings):
        pass

    def __getattr__(self, name):
        if name == "upgrade":
            raise Stop("odoo -u failed")
        return lambda *args: name == "exists"


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A program that is installed, and the one of this checkout, whose upgrade will fail."""
    folder, told = tmp_path / "opt", []
    (folder / "addons").mkdir(parents=True)
    (folder / "addons" / "code.py").write_text("old")
    monkeypatch.setattr(machine, "PROGRAM", folder)
    monkeypatch.setattr(command, "PROGRAM", folder)
    monkeypatch.setattr(machine, "KEPT", tmp_path / "opt.before")
    monkeypatch.setattr(machine, "LOG", tmp_path / "log")
    monkeypatch.setattr(database, "STAMP", tmp_path / "installed.json")
    database.STAMP.write_text(json.dumps({"code": database.fingerprint_of_code(folder)}))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(database, "Database", Refusing)
    for name in ("_options", "_folders", "_name_of_site", "_environment"):
        monkeypatch.setattr(command, name, lambda *args: type("Options", (), {"name": "x"}))
    for name in ("make_cluster", "configure", "make_role"):
        monkeypatch.setattr(database, name, lambda *args: None)
    for name in ("install_units", "start", "stop"):
        monkeypatch.setattr(machine, name, lambda *args, name=name: told.append(name))
    return folder, told


@pytest.mark.parametrize("was_killed", [False, True])
def test_an_upgrade_that_fails_leaves_the_program_as_it_was(program, was_killed):
    """Code of the new version does not run on the database of the old one."""
    folder, told = program
    if was_killed:  # amid an upgrade: the old program lies beside the new one
        machine.keep_program(is_worth_it=True)
        (folder / "addons" / "code.py").unlink()
        (folder / "addons" / "code.py").write_text("new")
    with pytest.raises(Stop, match="odoo -u failed"):
        command.install()
    assert (folder / "addons" / "code.py").read_text() == "old"
    assert [path.name for path in folder.iterdir()] == ["addons"]
    assert told[-3:] == ["stop", "install_units", "start"]
    assert not Path(machine.KEPT).exists()


def test_all_that_was_enabled_runs_without_a_reboot(tmp_path, monkeypatch):
    """A timer that is enabled alone waits for the next start of the machine."""
    told = []
    monkeypatch.setattr(machine, "SETTINGS", tmp_path)
    monkeypatch.setattr(machine, "UNITS", tmp_path)
    monkeypatch.setattr(machine, "has_systemd", lambda: True)
    monkeypatch.setattr(machine, "systemctl", lambda *args: told.append(args))
    machine.install_units()
    machine.start()
    enabled = {unit for verb, *units in told if verb == "enable" for unit in units}
    started = [unit for verb, *units in told if verb in ("start", "restart") for unit in units]
    assert {"water-backup.timer", "water-drill.timer"} <= enabled
    assert enabled | {"logrotate.timer"} <= set(started)
    # before those that wait for it when the machine goes down
    assert started.index("postgresql.service") < started.index("water-web.service")
