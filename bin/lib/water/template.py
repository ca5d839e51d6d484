"""The databases that tests are copied from, on a cluster that is fast and not durable."""

import json
import subprocess
from contextlib import contextmanager

from . import packages
from .cluster import Cluster
from .odoo import (
    LANGUAGES,
    Odoo,
    announce_build,
    dependencies,
    fingerprint_of_code,
    fingerprint_of_core,
)
from .place import Stop, say

BASE = "water-base"
TEMPLATE = "water-test"
PART = "water-part"
ASSETS = "env['ir.qweb']._pregenerate_assets_bundles()\nenv.cr.commit()\n"


@contextmanager
def test_odoo(place):
    """Yield an Odoo whose database ``TEMPLATE`` is whole and of the present code."""
    try:
        lock = place.lock("test")
    except BlockingIOError:
        say("Another test run or check uses this checkout's test server: waiting for it ...")
        lock = place.lock("test", wait=True)
    with lock:
        stamp = place.local / "test.json"
        place.need_space(1000 if stamp.exists() else 3000)
        python = packages.environment(place, packages.ODOO)
        cluster = Cluster(place, "pg-test", durable=False)
        with cluster.running():
            odoo = Odoo(place, cluster, python, "data-test")
            odoo.configure(
                screenshots=place.local / "screenshots",
                http_interface="127.0.0.1",
                limit_memory_hard=0,  # all tests of an addon run in one process
            )
            _make(odoo, stamp)
            yield odoo


def _make(odoo, stamp):
    root = odoo.place.root
    base = {"core": fingerprint_of_core(), "languages": LANGUAGES, "modules": dependencies(root)}
    base["set-up"] = (root / "config" / "database.py").read_text()
    base["packages"] = (root / "requirements.txt").read_text()
    now = {"base": base, "code": fingerprint_of_code(root)}
    before = json.loads(stamp.read_text()) if stamp.exists() else {}
    present = odoo.cluster.databases()
    if before == now and {BASE, TEMPLATE} <= present:
        return
    stamp.unlink(missing_ok=True)
    announce_build()
    if before.get("base") != base or BASE not in present:
        odoo.build_base(PART)
        odoo.rename(PART, BASE)
    odoo.copy(BASE, PART)
    odoo.add_addons(PART)
    _compile_assets(odoo, PART)
    odoo.rename(PART, TEMPLATE)
    stamp.write_text(json.dumps(now))


def _compile_assets(odoo, name):
    """Compile CSS and JavaScript once; else each test process would do it again."""
    process = odoo.place.start(
        odoo.command("shell", "-d", name, "--no-http", "--log-level=error"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    output, _none = process.communicate(ASSETS)
    if process.returncode or "Traceback" in output:
        path = odoo.place.local / "log" / "assets.log"
        path.write_text(output)
        raise Stop(f"the CSS and JavaScript could not be compiled (details: {path})")
