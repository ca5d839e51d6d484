"""How full the disks are on which everything lies, as far as this process sees them."""

import os

from odoo.tools import config

#: Where else than in the folder of files something grows: as Debian and ``bin/install`` lay it out.
FOLDERS = {"database": "/var/lib/postgresql", "backups": "/var/backups/water-service"}
FOLDERS |= {"logs": "/var/log"}


def disks(env):
    """Rows of a disk's name and how many percent of its room, or of its files, are taken.

    :param env: whose folder of files it is
    """
    places = {"files": env["ir.attachment"]._filestore(), **FOLDERS}
    if config["logfile"]:  # where it is told to be, which may be a disk of its own
        places["log"] = os.path.dirname(config["logfile"])
    return [(name, used(path)) for name, path in places.items() if os.path.isdir(path)]


def used(path):
    """Return the used percentage without root's reserve, as ``df``."""
    disk = os.statvfs(path)
    room = _share(disk.f_blocks - disk.f_bfree, disk.f_bavail)
    return max(room, _share(disk.f_files - disk.f_ffree, disk.f_favail))


def _share(taken, free):
    return 100.0 * taken / (taken + free) if taken + free else 0.0
