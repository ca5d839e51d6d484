"""Where this checkout keeps its things, and as whom it runs."""

import ctypes
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
COPIED = (".ci", "addons", "bin", "config", "doc", "tests")
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)

# Exits 1 when the calling user cannot read every file below the folders given.
_READABLE = """
import os, sys
for top in sys.argv[1:]:
    def refuse(error): sys.exit(1)
    for folder, _, files in os.walk(top, onerror=refuse):
        if not all(os.access(os.path.join(folder, name), os.R_OK) for name in files):
            sys.exit(1)
    if not os.access(top, os.R_OK): sys.exit(1)
"""


class Stop(Exception):
    """Ends the command with this message, which says what to do; no traceback is shown."""


def say(message):
    """Tell the person at the terminal what happens now."""
    try:
        print(message, flush=True)
    except BrokenPipeError:  # the reader has gone; that must not keep us from cleaning up
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - open until the end


class Place:
    """The folders of one checkout.

    ``root`` holds the sources as the working user sees them, ``local`` everything that is
    generated. PostgreSQL refuses to run as root, so root hands over to the owner of ``local``: the
    user ``odoo`` of Debian's package, or the owner of an existing folder.
    """

    def __init__(self):
        self.root = CHECKOUT
        self.local = Path(os.environ.get("WATER_LOCAL") or CHECKOUT / ".local").absolute()
        if os.geteuid() == 0:
            self._leave_root()
        try:
            self.local.mkdir(mode=0o755, parents=True, exist_ok=True)
            for name in ("home", "log"):
                (self.local / name).mkdir(exist_ok=True)
            (self.local / "log" / ".writable").touch()
        except PermissionError:
            raise Stop(
                f"{self.local} belongs to another user: start this with sudo, "
                f"or remove that folder (sudo rm -rf {self.local}) to start anew"
            ) from None
        os.chdir(self.local)

    def _leave_root(self):
        account = self._account()
        if not (_can_read(account, *_sources()) and _can_reach(account, self.local.parent)):
            digest = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:10]
            if not os.environ.get("WATER_LOCAL"):
                self.local = Path("/var/tmp") / f"water-service-{digest}"
                account = self._account()
            say(f"{CHECKOUT} is closed to the user {account.pw_name}: working in {self.local}")
            self.root = self.local / "src"
        self.local.mkdir(mode=0o755, parents=True, exist_ok=True)
        if self.local.is_symlink():
            raise Stop(f"{self.local} is a link: remove it and start again")
        os.chown(self.local, account.pw_uid, account.pw_gid)
        if self.root != CHECKOUT:
            _copy_sources(self.root)
        os.initgroups(account.pw_name, account.pw_gid)
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)

    def _account(self):
        if self.local.is_dir() and self.local.stat().st_uid != 0:
            return pwd.getpwuid(self.local.stat().st_uid)
        return _odoos()

    def need_space(self, megabytes):
        """Stop unless that much is free on the disk of ``local``."""
        free = shutil.disk_usage(self.local).free // 2**20
        if free < megabytes:
            raise Stop(
                f"only {free} MB are free on the disk of {self.local}, {megabytes} MB are needed: "
                "make room, or set WATER_LOCAL to a folder on another disk"
            )

    def lock(self, name, wait=False):
        """Hold the lock ``name`` until this process ends.

        Raises BlockingIOError when another process holds it and ``wait`` is not set.
        """
        handle = open(self.local / f"{name}.lock", "a+")  # noqa: SIM115 - open until the end
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        return handle

    def environment(self, **extra):
        """Return the environment of child processes, without the caller's PostgreSQL and Odoo
        settings.
        """
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("PG", "ODOO_", "PYTHON"))
        }
        if CHECKOUT != self.root or os.environ.get("USER") == "root":
            kept.pop("TMPDIR", None)
        return kept | {
            "HOME": str(self.local / "home"),
            "LC_ALL": "C.UTF-8",
            # beside the checkout, not in it; without it each start compiles the addons again
            "PYTHONPYCACHEPREFIX": str(self.local / "pycache"),
            **extra,
        }

    def start(self, args, end_signal=signal.SIGTERM, **options):
        """Start a child in a session of its own that gets ``end_signal`` when we die."""
        options.setdefault("env", self.environment())
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.Popen(
            [str(arg) for arg in args],
            start_new_session=True,
            preexec_fn=ending_with_us(end_signal),
            **options,
        )

    def run(self, args, log, failure, **options):
        """Run a command to its end with its output appended to ``local/log/<log>``.

        Raises Stop with ``failure`` and the name of the log when it does not exit with 0.
        """
        path = self.local / "log" / log
        with path.open("ab") as output:
            process = self.start(args, stdout=output, stderr=output, **options)
            try:
                code = process.wait()
            finally:
                end(process)
        if code:
            raise Stop(f"{failure} (details: {path})")


def _sources():
    return [CHECKOUT / name for name in COPIED if (CHECKOUT / name).exists()]


def _as(account, args):
    groups = os.getgrouplist(account.pw_name, account.pw_gid)
    return subprocess.run(
        args, user=account.pw_uid, group=account.pw_gid, extra_groups=groups, cwd="/", check=False
    ).returncode


def _odoos():
    """Return the user of Debian's Odoo package, created if necessary."""
    try:
        return pwd.getpwnam("odoo")
    except KeyError:
        options = ["--system", "--user-group", "--create-home", "--home-dir", "/var/lib/odoo"]
        options += ["--skel", "/nonexistent", "--shell", "/usr/sbin/nologin"]
        subprocess.run(["/usr/sbin/useradd", *options, "odoo"], check=True)
        return pwd.getpwnam("odoo")


def _can_read(account, *folders):
    return _as(account, ["/usr/bin/python3", "-c", _READABLE, *map(str, folders)]) == 0


def _can_reach(account, folder):
    return _as(account, ["/usr/bin/test", "-x", str(folder)]) == 0


def _copy_sources(target):
    if target.exists():
        shutil.rmtree(target)
    skip = shutil.ignore_patterns("__pycache__")
    for path in CHECKOUT.iterdir():
        if path.is_dir() and path.name in COPIED:
            shutil.copytree(path, target / path.name, ignore=skip)
        elif path.is_file():
            target.mkdir(exist_ok=True)
            shutil.copy2(path, target / path.name)
    for folder, _, files in os.walk(target):
        os.chmod(folder, 0o755)
        for name in files:
            path = os.path.join(folder, name)
            os.chmod(path, os.stat(path).st_mode | 0o444)


def ending_with_us(how):
    """For ``preexec_fn``: the child gets the signal ``how`` when we die, however that happens."""
    return partial(_libc.prctl, PR_SET_PDEATHSIG, int(how))


def end(process, how=signal.SIGTERM, patience=20):
    """End a child of ``Place.start`` and all of its own children."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _interrupt(*_args):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # let the cleaning up finish
    raise KeyboardInterrupt


def main(command):
    """Run ``command``; every expected failure ends in one line on the standard error."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    name = f"bin/{os.environ.get('WATER_COMMAND', 'water')}"
    try:
        code = command()
    except Stop as stop:
        print(f"{name}: {stop}", file=sys.stderr)
        code = 1
    except OSError as error:
        print(f"{name}: {error}", file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
