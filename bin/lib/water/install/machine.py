"""Install files, programs and services on the machine; safe to repeat."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from ..place import CHECKOUT, Stop, say

PROGRAM = Path("/opt/water-service")
SETTINGS = Path("/etc/water-service")
DATA = Path("/var/lib/water-service")
BACKUPS = Path("/var/backups/water-service")
UNITS = Path("/etc/systemd/system")
LOG = Path("/var/log/water-service-setup.log")
USER = "odoo"
#: In the order in which they start.
SERVICES = ("water-jobs.service", "water-websocket.service", "water-web.service")
TIMERS = ("water-backup.timer", "water-drill.timer")
#: started by timers; they would block renaming the database
TIMED = ("water-backup.service", "water-drill.service")
#: The program of the last run that ended well, while another one is tried.
KEPT = PROGRAM.with_name(f"{PROGRAM.name}.before")


def write(path, content, mode=0o644, owner=None):
    """Write a file unless it is like that already, whole or not at all; whether it was written.

    :param content: text or bytes
    :param owner: name of the user and group; root without one
    """
    data = content.encode() if isinstance(content, str) else content
    if path.is_file() and path.read_bytes() == data and path.stat().st_mode & 0o777 == mode:
        return False
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_bytes(data)
    part.chmod(mode)
    give(part, owner)
    part.rename(path)
    return True


def folder(path, mode=0o755, owner=None):
    """Make a folder, if it is not there."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode)
    give(path, owner)


def give(path, owner):
    """Make ``owner`` the owner of a file or folder."""
    if owner:
        account = pwd.getpwnam(owner)
        os.chown(path, account.pw_uid, account.pw_gid)


def run(args, failure, user=None, **options):
    """Run a program and return its output; Stop with ``failure`` and the reason."""
    head = ["runuser", "-u", user, "--"] if user else []
    done = subprocess.run(
        [*head, *(str(arg) for arg in args)],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        **options,
    )
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(str(arg) for arg in args[:3])} …\n{done.stdout}{done.stderr}\n")
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise Stop(f"{failure}: {lines[-1] if lines else done.returncode} (details: {LOG})")
    return done.stdout


def has_systemd():
    """Whether systemd runs this machine; in a chroot it does not."""
    return Path("/run/systemd/system").is_dir()


def systemctl(*args):
    """Tell systemd; where it does not run, units are only enabled."""
    is_there = shutil.which("systemctl") and args[0] in ("enable", "disable")
    if has_systemd() or is_there:
        run(["systemctl", *args], f"systemctl {' '.join(args)} failed")


def keep_program(is_worth_it):
    """Keep what runs now, until the new one has proved itself; links to its files take no room.

    :param is_worth_it: whether it is the program of the database that there is
    """
    shutil.rmtree(KEPT, ignore_errors=True)
    if is_worth_it:
        run(["cp", "-al", PROGRAM, KEPT], "the program could not be kept")


def put_program_back():
    """The program of before runs on the database of before."""
    if KEPT.exists():
        shutil.rmtree(PROGRAM, ignore_errors=True)
        KEPT.rename(PROGRAM)
        install_units(PROGRAM)


def units(root=CHECKOUT):
    """Our units, as they are delivered: ``{name: text}``."""
    return {path.name: path.read_text() for path in sorted((root / "config/systemd").iterdir())}


def install_units(root=CHECKOUT):
    """Install and enable the units without starting them."""
    changed = [write(UNITS / name, text) for name, text in units(root).items()]
    if any(changed):
        systemctl("daemon-reload")
    systemctl("enable", *SERVICES, *TIMERS)


def start():
    """Start what is enabled; say so where nothing can be started."""
    if not has_systemd():
        say("systemd does not run here: the services are enabled, and not started.")
        return
    # the service of all clusters: ours depend on it, also when Debian's is disabled
    systemctl("start", "postgresql.service")
    systemctl("restart", *SERVICES, "nginx.service")
    # Debian enables its own units, and starts nothing while we install packages
    systemctl("start", *TIMERS, "logrotate.timer")


def stop():
    """Stop what runs of ours."""
    for unit in (*TIMERS, *TIMED, *reversed(SERVICES)):
        if (UNITS / unit).exists():
            systemctl("stop", unit)
