"""Users do not notice when the log can no longer be written."""

import re
import shutil
import subprocess
from pathlib import Path

from test_outage import Person
from visitor import NO_LIMITS, Visitor

#: A disk of its own for the log; other output goes to an unwritable place.
OWN_DISK = ["unshare", "--user", "--map-current-user", "--keep-caps", "--mount", "sh", "-c"]
OWN_DISK += ['mount -t tmpfs -o size=1m none "$0" && exec "$@" >/dev/full 2>&1']
#: Without namespaces a device that is always full, which cannot be freed.
FULL = Path("/dev/full")
DUE = """
UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - interval '1 minute', active = true
 WHERE cron_name LIKE 'Water service: tell administrators%'
"""


def test_the_folder_of_the_log_is_gone(serving, tmp_path):
    """After rotation or a change of owner, it is written again as soon as possible."""
    folder = tmp_path / "log"
    with serving([f"--logfile={folder / 'odoo.log'}"], NO_LIMITS) as server:
        person = Person(server.base_url)
        person.sign_in("zhangwei")
        shutil.rmtree(folder)
        folder.write_text("a file where the folder was")
        for path in ("/water/report", "/my/complaints", "/web/login", "/nothing/here"):
            assert person.ask(path)[0] in (200, 404), path
        assert "/water/report/done" not in person.ask("/water/report/send", {"draft": "x"})[2]
        folder.unlink()
        folder.mkdir()
        assert person.ask("/water/report")[0] == 200
        assert "/water/report" in (folder / "odoo.log").read_text()


def test_the_disk_of_the_log_is_full(serving, tmp_path):
    """Cases are filed, administrators hear of it, and it is written again when there is room."""
    folder = tmp_path / "log"
    folder.mkdir()
    prefix = [*OWN_DISK, folder]
    may_mount = not subprocess.run([*map(str, prefix), "true"], check=False).returncode
    log = folder / "odoo.log" if may_mount else FULL
    options = [f"--logfile={log}", "--workers=2", "--max-cron-threads=1"]
    with serving(options, NO_LIMITS, prefix=prefix if may_mount else ()) as server:
        disk = _disk(folder) if may_mount else None
        if disk:
            _fill(disk / "other")
            _fill_page(server, disk / "odoo.log")
        _file(server)
        if disk:
            _hear(server)
            assert "/water/report/send" not in (disk / "odoo.log").read_text()
            (disk / "other").unlink()
            _file(server)
            assert "/water/report/send" in (disk / "odoo.log").read_text()


def _disk(folder):
    """The folder as the server sees it."""
    for path in Path("/proc").glob("[0-9]*/mountinfo"):
        try:
            is_there = f" {folder} " in path.read_text()
        except OSError:  # it has ended
            continue
        if is_there:
            return Path(f"{path.parent}/root{folder}")
    raise AssertionError("no process has that disk")


def _fill(path):
    with path.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue


def _fill_page(server, log):
    """The last page of the log is its own: some lines go into it before it is full as well."""
    size = -1
    while log.stat().st_size > size:
        size = log.stat().st_size
        assert Person(server.base_url).ask("/nothing/here")[0] == 404


def _file(server):
    """A visitor files a case, and the number shown is in the database."""
    category = _sql(server.db, "SELECT id FROM water_category WHERE code = 'GN'")
    visitor = Visitor(server.base_url)
    words = {"description": "水表不转了", "contact_name": "王芳", "phone": "13800138000"}
    url, page = visitor.open("/water/report/send", visitor.fill_in(category, words))
    assert url.endswith("/done"), url
    number = re.search(r"<output[^>]*>(ZX\d{6}-\d+)</output>", page)[1]
    query = f"SELECT count(*) FROM water_inquiry WHERE name = '{number}'"
    assert _sql(server.db, query) == "1"


def _hear(server):
    _sql(server.db, DUE)
    _sql("postgres", f"NOTIFY cron_trigger, '{server.db}'")
    mail = server.wait_for_mail("")
    assert "100 %" in mail.get_body().get_content()
    told = Person(server.base_url).ask("/water/metrics")[2]
    assert 'water_disk_used_percent{disk="log"} 100' in told, re.findall(".*disk.*", told)


def _sql(database, statement):
    command = ["psql", "-X", "-At", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
