"""Scratch databases on a server of their own, and the peer, for all measurements."""

import os
import subprocess
import time
from contextlib import contextmanager

from .. import packages
from ..cluster import Cluster
from ..odoo import CORE, Odoo
from ..place import CHECKOUT, say

OURS: tuple[str, ...] = ("water_service_desk", "water_complaints", "water_compensation")
OURS += ("water_quality", "water_quality_compensation")
PEER = ("helpdesk_mgmt", "helpdesk_mgmt_sla")
PEER_PACKAGES = ("odoo-addon-helpdesk-mgmt==19.*", "odoo-addon-helpdesk-mgmt-sla==19.*")
#: As a server for a million cases has it; the measurements vacuum by themselves, at known times.
SETTINGS: tuple[str, ...] = ("shared_buffers=1GB", "work_mem=16MB", "autovacuum=off")
SETTINGS += ("maintenance_work_mem=512MB",)


class Scratch:
    """Databases that are made to be measured."""

    def __init__(self, odoo, arguments):
        self.odoo, self.arguments = odoo, arguments

    def make(self, name, modules, language):
        """A database with ``modules`` and without demo data."""
        say(f"Making a database with {modules[-1]} ...")
        self.odoo._new(name)
        args = ["-d", name, "-i", ",".join(modules), f"--load-language={language}"]
        args += ["--without-demo=all", "--stop-after-init", "--no-http"]
        self.odoo.run(*args, failure=f"{', '.join(modules)} could not be installed")
        self.odoo._check_installed(name, modules)

    def head(self):
        """Return date, machine and versions of the run."""
        started = time.strftime("%Y-%m-%d")
        return {"at": started, "machine": _machine(), "versions": self._versions()}

    def _versions(self):
        """Return the versions of PostgreSQL, Odoo, the peer and this checkout."""
        query = ["dpkg-query", "-W", "-f=${Version}", "odoo-19"]
        commit = ["git", "-c", "safe.directory=*", "-C", CHECKOUT, "rev-parse", "--short", "HEAD"]
        found = (self.odoo.place.local / "bench-peer").glob("odoo_addon_*.dist-info")
        return {
            "odoo": _output(query),
            "postgresql": self.odoo.cluster.sql("SHOW server_version"),
            "peer": sorted(path.name.removesuffix(".dist-info") for path in found),
            "commit": _output(commit),
        }


def _output(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _machine():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return {"cores": os.cpu_count(), "memory_gb": memory}


@contextmanager
def scratch_odoo(place, with_peer, settings=SETTINGS, durable=False):
    """An Odoo on a server that is removed at the end.

    :param with_peer: whether OCA's addons are fetched and put on its path
    :param settings: of PostgreSQL
    :param durable: whether it writes as a server does whose data matter
    """
    python = packages.environment(place, packages.ODOO)
    peer_addons = _fetch_peer(place, python) if with_peer else None
    cluster = Cluster(place, "pg-bench", durable=durable, settings=settings)
    with place.lock("bench", wait=True):
        try:
            with cluster.running():
                odoo = Odoo(place, cluster, python, "data-bench")
                _configure(odoo, peer_addons)
                yield odoo
        finally:
            cluster.remove()


def _fetch_peer(place, python):
    """OCA's addons from PyPI in a folder of their own; the path of that folder's addons."""
    target = place.local / "bench-peer"
    mark = target / ".complete"
    if not mark.exists():
        say("Fetching OCA's helpdesk from PyPI, only to be measured ...")
        place.run(
            [python, "-m", "pip", "install", "-q", "--no-deps", "--upgrade", "--no-input"]
            + ["--disable-pip-version-check", "--target", target, *PEER_PACKAGES],
            log="pip.log",
            failure="the peer could not be fetched from PyPI: check the network and start again, "
            "or leave it out with --no-peer",
        )
        mark.touch()
    return target / "odoo" / "addons"


def _configure(odoo, peer_addons):
    """No limits of time and memory, and the peer's addons on the path."""
    place = odoo.place
    paths = [CORE / "addons", place.root / "addons", place.root / "config" / "debian" / "addons"]
    paths += [peer_addons] if peer_addons else []
    odoo.configure(
        addons_path=",".join(map(str, paths)),
        limit_time_cpu=0,
        limit_time_real=0,
        limit_memory_soft=0,
        limit_memory_hard=0,
    )
