"""Container start: ``config/docker/setup`` and ``serve``, with stand-ins."""

import json
import os
import re
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: In the place of Odoo: writes down when it begins and when it is told to end.
SERVED = 'echo begins; trap "echo ends; exit" TERM; sleep 60 & wait'
#: PostgreSQL and Odoo: they write down what they are asked. Sessions of others end one by one.
PSQL = """#!/bin/bash
echo "psql $*" >>"$TOLD"
[ -z "${REFUSED:-}" ] || { echo "FATAL: password authentication failed" >&2; exit 2; }
case $* in
*pg_stat_activity*)
  left=$(cat "$DATA/sessions"); echo "$left"
  [ "$left" = 0 ] || echo $((left - 1)) >"$DATA/sessions" ;;
*pg_database*) echo 1 ;;
esac
"""
ODOO = """#!/bin/bash
words=shell; [ "$1" = shell ] && cat >/dev/null || words=upgrade
[ ! -e "$DATA/water.closed" ] || words+=" closed"
echo "$words" >>"$TOLD"
exit "${FAILS:-0}"
"""


@pytest.fixture
def setup(tmp_path):
    """Return a function that runs ``setup`` for a database that is there: ``(done, lines)``."""
    programs, addons, told = tmp_path / "bin", tmp_path / "addons", tmp_path / "told"
    for folder in (programs, addons):
        folder.mkdir()
    for name, text in {"psql": PSQL, "odoo": ODOO, "sleep": "#!/bin/true"}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    (tmp_path / "sessions").write_text("2")
    (addons / "one.py").write_text("")
    known = {"HOST": "db", "USER": "odoo", "PASSWORD": "secret", "DATABASE": "water", "DEMO": "no"}
    known |= {"DATA": str(tmp_path), "SOURCES": str(addons), "TOLD": str(told)}
    known |= {"PATH": f"{programs}:{os.environ['PATH']}", "BASE_URL": "https://a.example.com"}

    def _setup(**more):
        told.unlink(missing_ok=True)
        command = ["bash", ROOT / "config/docker/setup"]
        done = subprocess.run(
            command, env=known | more, capture_output=True, text=True, check=False, timeout=60
        )
        lines = [line for line in told.read_text().splitlines() if not line.startswith("psql")]
        return done, lines

    return _setup


def test_upgrade(setup, tmp_path):
    """Odoo's sessions end before; a second run has nothing to do, until files change."""
    assert setup()[1] == ["upgrade closed", "shell"]
    assert (tmp_path / "sessions").read_text().strip() == "0"
    assert not (tmp_path / "water.closed").exists()
    assert setup()[1] == []
    (tmp_path / "addons/two.py").write_text("")
    assert setup()[1] == ["upgrade closed"]


def test_upgrade_that_fails(setup, tmp_path):
    """It stays closed until one succeeds, even with the previous files."""
    setup()
    (tmp_path / "addons/two.py").write_text("")
    done, _lines = setup(FAILS="1")
    assert done.returncode
    assert (tmp_path / "water.closed").exists()
    (tmp_path / "addons/two.py").unlink()
    assert setup()[1] == ["upgrade closed"]
    assert not (tmp_path / "water.closed").exists()


def test_one_member_stays(setup, tmp_path):
    """Nothing is upgraded under running users, who continue."""
    (tmp_path / "sessions").write_text("1000")
    done, lines = setup()
    assert (done.returncode, lines) == (1, [])
    assert "other sessions use it" in done.stderr
    assert not (tmp_path / "water.closed").exists()


def test_one_stays_after_failed_upgrade(setup, tmp_path):
    """An unclear database is not opened by the check."""
    setup(FAILS="1")
    (tmp_path / "sessions").write_text("1000")
    done, lines = setup()
    assert (done.returncode, lines) == (1, [])
    assert (tmp_path / "water.closed").exists()


def test_another_address(setup):
    """Links follow ``.env``, and are left alone while it stays the same."""
    setup()
    assert setup(BASE_URL="https://b.example.com")[1] == ["shell"]
    assert setup(BASE_URL="https://b.example.com")[1] == []


def test_refused(setup):
    """It is not taken for a new database, and the remedy is printed."""
    done, lines = setup(REFUSED="1")
    assert (done.returncode, lines) == (1, [])
    assert "doc/production.md" in done.stderr


def test_odoo_is_away_during_an_upgrade(tmp_path):
    """It ends when setup closes the system, restarts afterwards, and ends on request."""
    log, closed = tmp_path / "log", tmp_path / "water.closed"
    command = ["bash", ROOT / "config/docker/serve", "bash", "-c", SERVED]
    told = {"PATH": os.environ["PATH"], "DATA": str(tmp_path), "DATABASE": "water"}
    with log.open("w") as output, subprocess.Popen(command, env=told, stdout=output) as running:
        _until(lambda: log.read_text() == "begins\n")
        closed.touch()
        _until(lambda: "ends\nclosed until" in log.read_text())
        closed.unlink()
        _until(lambda: log.read_text().endswith("\nbegins\n"))
        running.terminate()
        assert running.wait(10) == 0
    assert log.read_text().endswith("\nbegins\nends\n")


def _until(true):
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_odoo_ends_by_itself(tmp_path):
    """Then the container does as well, with its word, and the engine begins it anew."""
    command = ["bash", ROOT / "config/docker/serve", "bash", "-c", "exit 7"]
    told = {"PATH": os.environ["PATH"], "DATA": str(tmp_path), "DATABASE": "water"}
    assert subprocess.run(command, env=told, timeout=20, check=False).returncode == 7


def test_backup_reads_the_settings_of_the_containers():
    """Its service has what the script takes: settings, addons, programs, files, a place for it."""
    command = "docker-compose --env-file config/env.example --profile * config --format json"
    done = subprocess.run(command.split(), cwd=ROOT, capture_output=True, text=True, check=True)
    backup = json.loads(done.stdout)["services"]["backup"]
    script = (ROOT / "config/docker/backup").read_text()
    folders = set(re.findall(r"/(?:etc|opt|var|mnt)/[\w/.-]+\w|/backups\b", script))
    mounted = {volume["target"] for volume in backup["volumes"]}
    assert folders <= mounted
    assert set(re.findall(r"\$(HOST|USER|PASSWORD|DATABASE)\b", script)) <= set(
        backup["environment"]
    )
