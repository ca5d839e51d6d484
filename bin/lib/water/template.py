"""The databases that tests are copied from, on a cluster that is fast and not durable."""

import json
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass

from . import packages
from .cluster import Cluster
from .odoo import (
    ADDONS,
    LANGUAGES,
    Odoo,
    announce_build,
    dependencies,
    fingerprint_of_code,
    fingerprint_of_core,
    with_needed,
)
from .place import Stop, say

BASE = "water-base"
TEMPLATE = "water-test"
PART = "water-part"
ASSETS = "env['ir.qweb']._pregenerate_assets_bundles()\nenv.cr.commit()\n"


@dataclass(frozen=True)
class Template:
    """Which database tests are copied from, and which of our addons are in it."""

    addons: tuple = ADDONS
    base: str = BASE
    name: str = TEMPLATE
    stamp: str = "test.json"

    @classmethod
    def of(cls, root, addon):
        """Return the template with only ``addon`` and its dependencies."""
        names = (f"{BASE}-{addon}", f"{TEMPLATE}-{addon}", f"test-{addon}.json")
        return cls(with_needed(root, addon), *names)


WHOLE = Template()


@contextmanager
def test_odoo(place, template=WHOLE):
    """Yield an Odoo whose database ``template.name`` is whole and of the present code."""
    try:
        lock = place.lock("test")
    except BlockingIOError:
        say("Another test run or check uses this checkout's test server: waiting for it ...")
        lock = place.lock("test", wait=True)
    with lock:
        stamp = place.local / template.stamp
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
            _make(odoo, stamp, template)
            yield odoo


def _make(odoo, stamp, template):
    root, addons = odoo.place.root, template.addons
    base = {"core": fingerprint_of_core(), "languages": LANGUAGES}
    base["modules"] = dependencies(root, addons)
    base["set-up"] = (root / "config" / "database.py").read_text()
    base["packages"] = (root / "config/requirements.txt").read_text()
    now = {"base": base, "code": fingerprint_of_code(root)}
    before = json.loads(stamp.read_text()) if stamp.exists() else {}
    present = odoo.cluster.databases()
    if before == now and {template.base, template.name} <= present:
        return
    announce_build()
    if before.get("base") != base or template.base not in present:
        stamp.unlink(missing_ok=True)
        odoo.build_base(PART, addons)
        odoo.rename(PART, template.base)
    stamp.write_text(json.dumps({"base": base}))  # an interrupted run need not start again
    odoo.copy(template.base, PART)
    if template.name in present and before.get("base") == base:
        _keep_assets(odoo, template.name, PART)
    odoo.add_addons(PART, addons, set_up=False)
    _finish(odoo, PART)
    odoo.rename(PART, template.name)
    stamp.write_text(json.dumps(now))


def _keep_assets(odoo, source, target):
    """Take over the CSS and JavaScript compiled last time.

    Odoo finds them again by a digest of the files they are made of, and compiles the rest.
    """
    columns = odoo.cluster.sql(
        "SELECT string_agg(column_name, ',') FROM information_schema.columns "
        "WHERE table_name = 'ir_attachment' AND column_name <> 'id'",
        target,
    )
    rows = f"SELECT {columns} FROM ir_attachment WHERE url LIKE '/web/assets/%'"
    kept = odoo.cluster.sql(f"COPY ({rows}) TO STDOUT", source)
    odoo.cluster.sql(f"COPY ir_attachment ({columns}) FROM STDIN", target, given=f"{kept}\n")
    odoo.link_files(source, target)


def _finish(odoo, name):
    """Set up the company and compile CSS and JavaScript once for all test processes.

    One process does both, because starting Odoo takes longer than either.
    """
    process = odoo.place.start(
        odoo.command("shell", "-d", name, "--no-http", "--log-level=error"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    output, _none = process.communicate(f"{odoo.set_up_script()}\n{ASSETS}")
    if process.returncode or "Traceback" in output:
        path = odoo.place.local / "log" / "assets.log"
        path.write_text(output)
        raise Stop(f"the company could not be set up, or its pages not compiled (details: {path})")
