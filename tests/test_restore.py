"""bin/backup and bin/restore as run: a complete pair or nothing."""

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import _database
from test_backup import ARCHIVED, _content, _differences, _psql
from water.backup import restore as bring_back
from water.backup import vault
from water.backup.source import Source
from water.place import Stop

ROOT = Path(__file__).parents[1]
#: A whole one of it from before, one that broke off, and one of another database; two are kept.
OLD = [("{}", "20200101T0", vault.KINDS), ("{}", "20200102T0", vault.KINDS)]
OLD += [("{}", "20200103T0", {vault.DATABASE}), ("{}-other", "20200101T0", vault.KINDS)]
NOTED = {"ir_config_parameter"}  # when the backup was made


def _key_and_place(folder):
    return ["--key", folder / "key", "--repository", folder / "all"]


@pytest.fixture(scope="module")
def pair(stack, tmp_path_factory):
    """``(name, data folder, folder of repository and key)``: a database and its backup."""
    folder = tmp_path_factory.mktemp("backup")
    name = f"water-kept-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with _database(stack, name):
        _psql(name, ARCHIVED)
        done = _run("backup", "--new-key", folder / "key")
        assert done.returncode == 0, done.stderr
        repository = vault.Vault(folder / "all", folder / "key")
        repository.prepare()
        for database, tag, kinds in OLD:
            for kind in kinds - {vault.FILES}:
                repository.put(database.format(name), tag, kind, input=b"{}")
            if vault.FILES in kinds:
                repository.put_folder(database.format(name), tag, folder / "files")
        done = _run("backup", *_where(stack, name), *_key_and_place(folder), "--keep", "2")
        assert done.returncode == 0, done.stderr
        yield name, Path(stack["data"]) / "filestore", folder


@pytest.fixture
def restore(stack, pair):
    """Return a function that runs bin/restore; what it made is gone afterwards."""
    name, store, folder = pair
    target = f"{name}-new"

    def _restore(*options, place=None, to=("--to", target)):
        place = place or _key_and_place(folder)
        return _run("restore", *_where(stack, name), *place, *to, *options)

    yield _restore
    subprocess.run(["dropdb", "--if-exists", "--force", target], check=True)
    subprocess.run(["rm", "-rf", str(store / target)], check=True)


def _run(command, *args):
    args = [ROOT / "bin" / command, *args]
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
    return subprocess.run(
        [str(arg) for arg in args], env=kept, capture_output=True, text=True, check=False
    )


def _where(stack, name):
    return ["--config", stack["config"], "--database", name, "--python", stack["python"]]


def _left(pair):
    """Databases and files under the names of copies."""
    name, store = pair[:2]
    databases = _psql("postgres", f"SELECT datname FROM pg_database WHERE datname LIKE '{name}-%'")
    return databases + [path.name for path in store.glob(f"{name}-*")]


def test_returned_values(pair, restore):
    """All rows and files, checked; a name that is taken is refused."""
    name, store, folder = pair
    done = restore()
    assert done.returncode == 0, done.stderr
    assert f"is {name}-new" in done.stdout
    changed = _differences(_content(name), _content(f"{name}-new"))
    assert changed.keys() <= NOTED
    named = {path.name for path in (store / f"{name}-new").rglob("*") if path.is_file()}
    query = "SELECT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL"
    assert {Path(line).name for line in _psql(name, query)} <= named
    done = restore()
    assert (done.returncode, "already" in done.stderr) == (1, True)
    words = b"PGDMP"  # beginning of a dump, which is unreadable without the key
    packs = (folder / "all" / "data").rglob("*")
    assert not any(words in path.read_bytes() for path in packs if path.is_file())


#: A slow dump: meanwhile a file is removed, or PostgreSQL restarts.
SLOW_DUMP = """#!/bin/sh
{dump} "$@" || exit
psql -X -q -d {name} -c "{statement}" >&2
"""


@pytest.fixture
def meanwhile(stack, tmp_path, monkeypatch):
    """Return a function: a backup of a database during which a statement is run."""
    name = f"water-busy-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"

    def _back_up(statement):
        text = SLOW_DUMP.format(dump=shutil.which("pg_dump"), name=name, statement=statement)
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "pg_dump").write_text(text)
        (tmp_path / "bin" / "pg_dump").chmod(0o755)
        assert _run("backup", "--new-key", tmp_path / "key").returncode == 0
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
        return _run("backup", *_where(stack, name), *_key_and_place(tmp_path))

    with _database(stack, name):
        yield name, _back_up
        subprocess.run(["dropdb", "--if-exists", "--force", f"{name}-new"], check=True)
        subprocess.run(["rm", "-rf", Path(stack["data"]) / "filestore" / f"{name}-new"], check=True)


def test_a_file_that_goes_while_it_is_backed_up(stack, meanwhile, tmp_path):
    """It is in the dump, so it is among the files."""
    name, back_up = meanwhile
    one = "SELECT min(id) FROM ir_attachment WHERE store_fname IS NOT NULL"
    before = _psql(name, "SELECT count(*) FROM ir_attachment")
    done = back_up(f"DELETE FROM ir_attachment WHERE id = ({one})")
    assert done.returncode == 0, done.stderr
    assert _psql(name, "SELECT count(*) FROM ir_attachment") != before
    done = _run("restore", *_where(stack, name), *_key_and_place(tmp_path), "--to", f"{name}-new")
    assert done.returncode == 0, done.stdout + done.stderr
    assert _psql(f"{name}-new", "SELECT count(*) FROM ir_attachment") == before


def _sets(folder, name):
    return list(vault.Vault(folder / "all", folder / "key").sets(name))


def test_files_no_longer_kept(meanwhile, tmp_path):
    """Blockers of file removal are disconnected: the copy may lack some."""
    name, back_up = meanwhile
    mine = "datname = current_database() AND state = 'idle in transaction'"
    done = back_up(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}")
    assert (done.returncode, "did not keep the files" in done.stderr) == (1, True), done.stderr
    assert _sets(tmp_path, name) == []


def test_one_after_the_other(stack, meanwhile, tmp_path):
    """A second run reports the first; a killed one leaves nothing."""
    name, back_up = meanwhile
    assert back_up("SELECT 1").returncode == 0
    text = f"#!/bin/sh\ntouch {tmp_path / 'dumping'}; exec sleep 60\n"
    (tmp_path / "bin" / "pg_dump").write_text(text)
    args = [*_where(stack, name), *_key_and_place(tmp_path), "--keep", "1"]
    command = [ROOT / "bin" / "backup", *args]
    first = subprocess.Popen([str(part) for part in command], start_new_session=True)
    try:
        _wait_until((tmp_path / "dumping").exists)
        done = _run("backup", *args)
        assert (done.returncode, "another bin/backup of" in done.stderr) == (1, True), done.stderr
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    (tmp_path / "bin" / "pg_dump").write_text("#!/bin/sh\necho half a one; exit 1\n")
    done = _run("backup", *args)
    assert (done.returncode, "could not be dumped" in done.stderr) == (1, True), done.stderr
    (before,) = _sets(tmp_path, name)
    (tmp_path / "bin" / "pg_dump").unlink()
    done = _run("backup", *args)
    assert done.returncode == 0, done.stderr
    (whole,) = _sets(tmp_path, name)
    assert whole > before
    rows = vault.Vault(tmp_path / "all", tmp_path / "key").run("snapshots", "--json")
    assert len(json.loads(rows)) == 3


def _wait_until(is_so):
    for _round in range(300):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come about")


def test_fresh_backup_stays(tmp_path):
    """A clock that was ahead has tagged another one later, and half a one counts for none."""
    (tmp_path / "key").write_text("secret")
    repository = vault.Vault(tmp_path / "all", tmp_path / "key")
    repository.prepare()
    for day in (1, 2, 9):
        for kind in (vault.DATABASE, vault.MANIFEST):
            repository.put("water", f"2026010{day}T0", kind, input=b"{}")
        repository.put_folder("water", f"2026010{day}T0", tmp_path / "files")
    repository.put("water", "20260101T1", vault.DATABASE, input=b"{}")  # broke off
    repository.put("water", "20260104T0", vault.DATABASE, input=b"{}")  # goes on
    gone = repository.retire("water", "20260102T0", 1)
    assert gone == ["20260101T0", "20260109T0", "20260101T1"]
    assert list(repository.sets("water")) == ["20260102T0"]
    assert "20260104T0" in repository._all("water")


def test_old_ones_go(pair):
    """A number is kept per database, and aborted ones are removed."""
    name, _store, folder = pair
    assert len(_sets(folder, name)) == 2 and _sets(folder, name)[0] == OLD[1][1]
    assert _sets(folder, f"{name}-other") == [OLD[3][1]]
    assert OLD[2][1] not in vault.Vault(folder / "all", folder / "key")._all(name)


def test_a_drill_leaves_its_time_alone(pair, restore):
    done = restore(to=["--drill"])
    assert done.returncode == 0, done.stderr
    assert "was restored, checked and dropped in " in done.stdout
    assert _left(pair) == []
    query = "SELECT key FROM ir_config_parameter WHERE key LIKE '%.backup_%_at' ORDER BY 1"
    keys = [f"water_service_desk.backup_{what}_at" for what in ("drilled", "made")]
    assert _psql(pair[0], query) == keys


def test_copy_for_testing_sends_no_mail(pair, restore):
    assert restore("--neutralize").returncode == 0
    name = f"{pair[0]}-new"
    for query in (
        "SELECT 1 FROM ir_cron WHERE active AND cron_name LIKE 'Water%'",
        "SELECT 1 FROM water_gateway WHERE active OR url NOT LIKE '%.invalid/'",
        "SELECT 1 FROM water_webhook WHERE active OR url NOT LIKE '%.invalid/'",
        "SELECT 1 FROM ir_config_parameter WHERE key LIKE 'water_service_desk.%_secret.%'",
        "SELECT 1 FROM mail_mail WHERE state = 'outgoing'",
        "SELECT 1 FROM water_message WHERE state IN ('queued', 'failed')",
        "SELECT 1 FROM res_users_apikeys",
        "SELECT 1 FROM ir_mail_server WHERE active AND smtp_host <> 'invalid'",
    ):
        assert _psql(name, query) == [], query


def test_a_wrong_key_a_changed_byte_half_a_backup(pair, restore, tmp_path):
    name, _store, folder = pair
    place = ["--repository", folder / "all"]
    assert _run("backup", "--new-key", tmp_path / "other").returncode == 0
    _refused(restore(place=[*place, "--key", tmp_path / "other"]), "wrong password", pair)
    _refused(restore(place=[*place, "--key", tmp_path / "none"]), "there is no key in", pair)
    _refused(restore("--backup", OLD[2][1]), "there is no whole backup", pair)
    bad = tmp_path / "bad"
    subprocess.run(["cp", "-r", "-T", str(folder / "all"), str(bad)], check=True)
    pack = max((bad / "data").rglob("*"), key=lambda path: path.is_file() and path.stat().st_size)
    content = bytearray(pack.read_bytes())
    content[len(content) // 2] ^= 1
    pack.chmod(0o600)
    pack.write_bytes(content)
    place = ["--repository", bad, "--key", folder / "key"]
    _refused(restore(place=place), "restic", pair)
    pack.unlink()
    _refused(restore(place=place), "restic", pair)


def _refused(done, words, pair):
    assert (done.returncode, words in done.stderr) == (1, True), done.stderr
    assert "Traceback" not in done.stderr
    assert _left(pair) == []


def test_a_pair_that_does_not_fit(stack, pair, restore, tmp_path):
    """Bytes of a file, and an event, that were altered before the backup are found by it."""
    name, store, folder = pair
    query = (
        "SELECT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL ORDER BY id LIMIT 1"
    )
    path = store / name / _psql(name, query)[0]
    content = path.read_bytes()
    event = "(SELECT min(id) FROM water_case_event)"
    _psql(name, f"UPDATE water_case_event SET at = at + interval '1 hour' WHERE id = {event}")
    path.unlink()  # the template has another name of the same file
    path.write_bytes(content[:-1] + b"?")
    place = ["--key", folder / "key", "--repository", tmp_path / "all"]
    try:
        done = _run("backup", *_where(stack, name), *place)
        assert done.returncode == 0, done.stderr
        done = restore(place=place, to=["--drill"])
    finally:
        path.write_bytes(content)
        _psql(name, f"UPDATE water_case_event SET at = at - interval '1 hour' WHERE id = {event}")
    assert "its bytes are not those it was given" in done.stdout
    assert "was altered" in done.stdout
    _refused(done, "2 faults in what was restored: nothing is kept of it", pair)


def test_a_file_that_was_gone_before_is_no_fault(stack, pair, restore, tmp_path):
    """In a disaster there is no running system to repair that file in."""
    name, store, folder = pair
    query = "SELECT max(store_fname) FROM ir_attachment WHERE store_fname IS NOT NULL"
    path = store / name / _psql(name, query)[0]
    content = path.read_bytes()
    path.unlink()
    place = ["--key", folder / "key", "--repository", tmp_path / "all"]
    try:
        done = _run("backup", *_where(stack, name), *place)
    finally:
        path.write_bytes(content)
    assert "1 files that attachments name were gone already" in done.stdout
    assert restore(place=place, to=["--drill"]).returncode == 0


def test_nothing_is_made_without_a_key(stack, pair, tmp_path):
    place = ["--key", tmp_path / "none", "--repository", tmp_path / "all"]
    done = _run("backup", *_where(stack, pair[0]), *place)
    assert (done.returncode, "--new-key" in done.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_a_copy_fills_no_disk_of_the_running_system(tmp_path, monkeypatch):
    """A fifth more than it takes must be free; what lies on one disk is taken together."""
    files, databases = tmp_path / "files", tmp_path / "databases"
    files.mkdir()
    databases.mkdir()
    free = SimpleNamespace(free=360)
    monkeypatch.setattr(bring_back.shutil, "disk_usage", lambda _path: free)
    bring_back.need_room({files: 200, databases: 100})
    with pytest.raises(Stop, match="a fifth more must be free"):
        bring_back.need_room({files: 200, databases: 101})


@pytest.mark.parametrize(
    ("host", "is_counted"),
    [("", True), ("/run/postgresql", True), ("127.0.0.1", True), ("::1", True), ("db1", False)],
)
def test_database_on_this_machine_is_counted(tmp_path, monkeypatch, host, is_counted):
    source = _source(tmp_path, host)
    monkeypatch.setattr(bring_back, "DATABASES", tmp_path)
    monkeypatch.setattr(bring_back, "LOG", 10)
    sizes = bring_back._sizes(source, {"database_size": 50, "files_size": 700})
    expected = {tmp_path / "data": 700} | ({tmp_path: 60} if is_counted else {})
    assert sizes == expected


def _source(folder, host=""):
    """Return a system whose configuration and files are below ``folder``."""
    (folder / "data").mkdir()
    text = f"[options]\ndb_name = x\ndata_dir = {folder / 'data'}\ndb_host = {host}\n"
    (folder / "odoo.conf").write_text(text)
    return Source(folder / "odoo.conf", "python3")


def test_files_made_by_root_belong_to_the_owner_of_odoos_files(tmp_path, monkeypatch):
    source, given = _source(tmp_path), {}
    owner = (tmp_path / "data").stat()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(
        os, "chown", lambda path, uid, gid, **_options: given.update({path: (uid, gid)})
    )
    folder = tmp_path / "backups"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "pack").touch()
    source.give(folder)
    made = {folder, folder / "data", folder / "data" / "pack"}
    assert given == dict.fromkeys(made, (owner.st_uid, owner.st_gid))
