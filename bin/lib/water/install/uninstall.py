"""bin/uninstall: takes the programs and services away; what people have entered stays."""

import os
import shutil

from ..place import Stop, main, say
from . import machine
from .__main__ import BEFORE, NGINX
from .machine import BACKUPS, DATA, KEPT, PROGRAM, SETTINGS, UNITS

LEFT = f"""
  The data are left: the database `water` in the PostgreSQL cluster `water`, files in {DATA},
  keys and passwords in {SETTINGS}, backups in {BACKUPS}. bin/install takes them up again.
"""


def uninstall():
    """Run the command; safe to repeat."""
    if os.geteuid():
        raise Stop("start it as root")
    machine.stop()
    names = [name for name in machine.units() if (UNITS / name).exists()]
    if names:
        machine.systemctl("disable", *names)
        for name in names:
            (UNITS / name).unlink()
        machine.systemctl("daemon-reload")
    if BEFORE.exists():
        BEFORE.rename(NGINX / "nginx.conf")
        (NGINX / "conf.d/site.conf").unlink(missing_ok=True)
        machine.systemctl("try-restart", "nginx.service")
    for folder in (PROGRAM, KEPT):
        shutil.rmtree(folder, ignore_errors=True)
    say(LEFT)


if __name__ == "__main__":
    main(uninstall)
