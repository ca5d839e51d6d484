"""What bin/install installs, as far as it can be checked without changing this machine."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
UNITS = ROOT / "config" / "systemd"
#: systemd's own scale from 0 (closed) to 100; above it a unit fails.
EXPOSURE = 20


def _run(*args):
    args = [str(arg) for arg in args]
    return subprocess.run(args, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def units(tmp_path):
    """The units with programs that this machine has: systemd asks for them."""
    for path in UNITS.iterdir():
        text = path.read_text().replace("/opt/water-service/venv/bin/python", "/usr/bin/python3")
        text = text.replace("/opt/water-service/bin/", f"{ROOT}/bin/")
        (tmp_path / path.name).write_text(text)
    return tmp_path


def test_systemd_takes_the_units(units):
    done = _run("systemd-analyze", "verify", *sorted(units.iterdir()))
    assert (done.returncode, done.stderr) == (0, "")
    for path in sorted(units.glob("*.timer")):
        calendar = re.search(r"OnCalendar=(.*)", path.read_text())[1]
        assert _run("systemd-analyze", "calendar", calendar).returncode == 0


def test_services_are_closed(units):
    """By systemd's own rating; only their folders are writable."""
    options = ["--offline=true", f"--threshold={EXPOSURE}"]
    for path in sorted(units.glob("*.service")):
        done = _run("systemd-analyze", "security", *options, path)
        assert done.returncode == 0, f"{path.name}: {done.stdout[-300:]}{done.stderr}"


def test_services_go_on_for_ever(units):
    for name in ("water-web", "water-websocket", "water-jobs"):
        text = (units / f"{name}.service").read_text()
        for line in ("Restart=always", "StartLimitIntervalSec=0", "LoadCredential=odoo.conf:"):
            assert line in text, (name, line)
    assert "--no-http" in (units / "water-jobs.service").read_text()


def test_options_that_are_not_given_are_none(units):
    """Each variable that a command names has a value: systemd complains of others each night."""
    named = set()
    for path in units.glob("*.service"):
        text = path.read_text()
        command = " ".join(re.findall(r"^Exec\w+=(.*)", text, re.MULTILINE))
        for name in re.findall(r"\$\{?([A-Z_]+)", command):
            named.add(name)
            assert f"\nEnvironment={name}=" in text, (path.name, name)
    assert {"WATER_BACKUP_OPTIONS", "WATER_DRILL_OPTIONS"} <= named


def test_no_secret_is_delivered():
    """The password is made on the machine; delivered files name only their own place."""
    for path in UNITS.iterdir():
        assert not re.search(
            r"(?i)passw|secret|token", path.read_text().replace("with the password", "")
        )


@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_only_root_installs(command):
    done = _run(ROOT / "bin" / command)
    assert (done.returncode, "as root" in done.stderr) == (1, True), done.stderr


def test_logs_stay_within_bounds():
    """PostgreSQL and nginx leave theirs to logrotate, which a small Debian does not have."""
    text = (ROOT / "bin/lib/setup.sh").read_text()
    assert "logrotate" in re.search(r"^INSTALL_PACKAGES=\((.*)\)$", text, re.MULTILINE)[1].split()
