"""bin/backup and bin/restore, as they are run: a whole pair or nothing, and never a half one."""

import hashlib
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
#: Two whole ones of it, one that broke off, and one of another database; two are kept.
OLD = ("{}-20200101T000000Z", "{}-20200102T000000Z", "{}-20200103T000000Z.part")
OLD += ("{}-other-20200101T000000Z",)
NOTED = {"ir_config_parameter"}  # when the backup was made


@pytest.fixture(scope="module")
def pair(stack, tmp_path_factory):
    """``(name, data folder, backup, key)``: a database, its backup, and what opens that."""
    folder = tmp_path_factory.mktemp("backup")
    name = f"water-kept-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with _database(stack, name):
        _psql(name, ARCHIVED)
        for old in OLD:
            (folder / "all" / old.format(name)).mkdir(parents=True)
            (folder / "all" / old.format(name) / "SHA256SUMS").touch()
        done = _run("backup", "--new-key", folder / "key")
        assert done.returncode == 0, done.stderr
        back_up = ["--recipients", folder / "key.pub", "--to", folder / "all", "--keep", "2"]
        done = _run("backup", *_where(stack, name), *back_up)
        assert done.returncode == 0, done.stderr
        (backup,) = (folder / "all").glob(f"{name}-*/manifest.json")
        yield name, Path(stack["data"]) / "filestore", backup.parent, folder / "key"


@pytest.fixture
def restore(stack, pair):
    """Return a function that runs bin/restore; what it made is gone afterwards."""
    name, store, backup, key = pair
    target = f"{name}-new"

    def _restore(*options, source=backup, identity=key, to=("--to", target)):
        return _run("restore", *_where(stack, name), source, "--identity", identity, *to, *options)

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
    """What is in the database server and among the files under the names of copies."""
    name, store = pair[:2]
    databases = _psql("postgres", f"SELECT datname FROM pg_database WHERE datname LIKE '{name}-%'")
    return databases + [path.name for path in store.glob(f"{name}-*")]


def test_what_comes_back(pair, restore):
    """All rows and files, checked; a name that is taken is refused."""
    name, store, backup, _key = pair
    done = restore()
    assert done.returncode == 0, done.stderr
    assert f"is {name}-new" in done.stdout
    changed = _differences(_content(name), _content(f"{name}-new"))
    assert changed.keys() <= NOTED
    named = {path.name for path in (store / f"{name}-new").rglob("*") if path.is_file()}
    query = "SELECT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL"
    assert named == {Path(line).name for line in _psql(name, query)}
    done = restore()
    assert (done.returncode, "already" in done.stderr) == (1, True)
    sums = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=backup, check=False)
    assert sums.returncode == 0
    for path in backup.glob("*.age"):  # and nobody reads it without the key
        assert path.read_bytes().startswith(b"age-encryption.org/v1\n")


#: A dump that takes its time: meanwhile somebody removes a file, or PostgreSQL begins anew.
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
        keys = ["--recipients", tmp_path / "key.pub"]
        return _run("backup", *_where(stack, name), *keys, "--to", tmp_path / "all")

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
    options = ["--identity", tmp_path / "key", "--to", f"{name}-new"]
    done = _run("restore", *_where(stack, name), tmp_path / "all", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert _psql(f"{name}-new", "SELECT count(*) FROM ir_attachment") == before


def test_files_that_nobody_kept_any_more(meanwhile, tmp_path):
    """Whoever keeps Odoo from removing files is cut off: what was copied may lack some."""
    _name, back_up = meanwhile
    mine = "datname = current_database() AND state = 'idle in transaction'"
    done = back_up(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}")
    assert (done.returncode, "did not keep the files" in done.stderr) == (1, True), done.stderr
    assert not [path for path in (tmp_path / "all").iterdir() if path.is_dir()]


def test_one_after_the_other(stack, meanwhile, tmp_path):
    """A second one says that the first is running; one that was killed leaves nothing behind."""
    name, back_up = meanwhile
    assert back_up("SELECT 1").returncode == 0
    text = f"#!/bin/sh\ntouch {tmp_path / 'dumping'}; exec sleep 60\n"
    (tmp_path / "bin" / "pg_dump").write_text(text)
    args = ["--recipients", tmp_path / "key.pub", "--to", tmp_path / "all", "--keep", "1"]
    command = [ROOT / "bin" / "backup", *_where(stack, name), *args]
    first = subprocess.Popen([str(part) for part in command], start_new_session=True)
    try:
        _wait_until((tmp_path / "dumping").exists)
        done = _run("backup", *_where(stack, name), *args)
        assert (done.returncode, "another bin/backup of" in done.stderr) == (1, True), done.stderr
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    assert len(_folders(tmp_path / "all")) == 2
    (tmp_path / "bin" / "pg_dump").unlink()
    done = _run("backup", *_where(stack, name), *args)
    assert done.returncode == 0, done.stderr
    (whole,) = _folders(tmp_path / "all")
    assert (tmp_path / "all" / whole / "SHA256SUMS").exists()


def _wait_until(is_so):
    for _round in range(300):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come about")


def _folders(path):
    return sorted(found.name for found in path.iterdir() if found.is_dir())


def test_what_was_made_just_now_stays(tmp_path):
    """A clock that was ahead has named another one later, and half a one counts for none."""
    for day, is_whole in ((1, True), (2, True), (3, False), (9, True)):
        folder = tmp_path / f"water-2026010{day}T000000Z"
        folder.mkdir()
        if is_whole:
            (folder / "SHA256SUMS").touch()
    (tmp_path / "water-20260104T000000Z.part").mkdir()
    gone = vault.retire(tmp_path / "water-20260102T000000Z", "water", 1)
    assert len(gone) == 3
    assert _folders(tmp_path) == ["water-20260102T000000Z", "water-20260103T000000Z"]


def test_old_ones_go(pair):
    """Of each database so many are kept, and what broke off is swept away."""
    name, _store, backup, _key = pair
    left = {path.name for path in backup.parent.iterdir() if path.is_dir()}
    assert left == {backup.name, OLD[1].format(name), OLD[3].format(name)}


def test_a_configuration_without_a_database(stack, pair, restore, tmp_path):
    """A backup and a name say all; the newest of a folder, or a drill, needs the database's."""
    text = Path(stack["config"]).read_text()
    lines = [line for line in text.splitlines() if not line.startswith("db_name")]
    (tmp_path / "odoo.conf").write_text("\n".join(lines))
    where = ["--config", tmp_path / "odoo.conf", "--python", stack["python"]]
    _name, _store, backup, key = pair
    for source, to in ((backup.parent, ["--to", f"{pair[0]}-new"]), (backup, ["--drill"])):
        done = _run("restore", *where, source, "--identity", key, *to)
        assert (done.returncode, "by --database" in done.stderr) == (1, True), done.stderr
    done = _run("restore", *where, backup, "--identity", key, "--to", f"{pair[0]}-new")
    assert done.returncode == 0, done.stderr
    assert _left(pair) == [f"{pair[0]}-new"] * 2


def test_a_drill_leaves_its_time_alone(pair, restore):
    done = restore(to=["--drill"])
    assert done.returncode == 0, done.stderr
    assert "was restored, checked and dropped in " in done.stdout
    assert _left(pair) == []
    query = "SELECT key FROM ir_config_parameter WHERE key LIKE '%.backup_%_at' ORDER BY 1"
    keys = [f"water_service_desk.backup_{what}_at" for what in ("drilled", "made")]
    assert _psql(pair[0], query) == keys


def test_a_copy_for_testing_tells_nobody(pair, restore):
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
    _name, _store, backup, _key = pair
    assert _run("backup", "--new-key", tmp_path / "other").returncode == 0
    _refused(restore(identity=tmp_path / "other"), "other does not open", pair)
    _refused(restore(identity=tmp_path / "none"), "none", pair)
    bad = tmp_path / backup.name
    for member in ("database.dump.age", "files.tar.age", "manifest.json"):
        subprocess.run(["cp", "-r", "-T", str(backup), str(bad)], check=True)
        content = bytearray((bad / member).read_bytes())
        content[len(content) // 2] ^= 1
        (bad / member).write_bytes(content)
        _refused(restore(source=bad), f"{member} was changed", pair)
        (bad / member).unlink()
        _refused(restore(source=bad), f"{member} is missing", pair)
    (bad / "SHA256SUMS").unlink()
    _refused(restore(source=bad), "half a one", pair)
    # somebody who makes the sums anew cannot make what is encrypted
    subprocess.run(["cp", "-r", "-T", str(backup), str(bad)], check=True)
    content = (bad / "files.tar.age").read_bytes()[:-1]
    (bad / "files.tar.age").write_bytes(content)
    sums = (bad / "SHA256SUMS").read_text().splitlines()
    sums = [line for line in sums if "files.tar" not in line]
    sums.append(f"{hashlib.sha256(content).hexdigest()}  files.tar.age")
    (bad / "SHA256SUMS").write_text("\n".join(sums) + "\n")
    _refused(restore(source=bad), "cannot be opened", pair)


def _refused(done, words, pair):
    assert (done.returncode, words in done.stderr) == (1, True), done.stderr
    assert "Traceback" not in done.stderr
    assert _left(pair) == []


def test_a_pair_that_does_not_fit(stack, pair, restore, tmp_path):
    """Bytes of a file, and an event, that were altered before the backup are found by it."""
    name, store, _backup, key = pair
    query = (
        "SELECT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL ORDER BY id LIMIT 1"
    )
    path = store / name / _psql(name, query)[0]
    content = path.read_bytes()
    event = "(SELECT min(id) FROM water_case_event)"
    _psql(name, f"UPDATE water_case_event SET at = at + interval '1 hour' WHERE id = {event}")
    path.unlink()  # the template has another name of the same file
    path.write_bytes(content[:-1] + b"?")
    back_up = ["--recipients", f"{key}.pub", "--to", tmp_path]
    try:
        done = _run("backup", *_where(stack, name), *back_up)
        assert done.returncode == 0, done.stderr
        done = restore(source=tmp_path, to=["--drill"])
    finally:
        path.write_bytes(content)
        _psql(name, f"UPDATE water_case_event SET at = at - interval '1 hour' WHERE id = {event}")
    assert "its bytes are not those it was given" in done.stdout
    assert "was altered" in done.stdout
    _refused(done, "2 faults in what was restored: nothing is kept of it", pair)


def test_nothing_is_made_without_a_key(stack, pair, tmp_path):
    done = _run(
        "backup", *_where(stack, pair[0]), "--recipients", tmp_path / "none", "--to", tmp_path
    )
    assert (done.returncode, "--new-key" in done.stderr) == (1, True)
    (tmp_path / "bad").write_text("age1nonsense\n")
    done = _run(
        "backup", *_where(stack, pair[0]), "--recipients", tmp_path / "bad", "--to", tmp_path
    )
    assert (done.returncode, "cannot encrypt" in done.stderr) == (1, True), done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad", f"{pair[0]}.lock"]


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
    (tmp_path / vault.FILES).write_bytes(bytes(700))
    monkeypatch.setattr(bring_back, "DATABASES", tmp_path)
    monkeypatch.setattr(bring_back, "LOG", 10)
    sizes = bring_back._sizes(source, tmp_path, {"database_size": 50})
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
    with vault.alone(folder, source):
        whole = folder / "x-20261202T000000Z"
        whole.mkdir()
        (whole / vault.FILES).touch()
        source.give(whole)
    made = {folder, folder / "x.lock", whole, whole / vault.FILES}
    assert given == dict.fromkeys(made, (owner.st_uid, owner.st_gid))
