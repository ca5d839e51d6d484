"""The demo data loads by Odoo's plain command, on an unprepared database."""

import shutil
import subprocess
from pathlib import Path

import pytest
from runs import LIMIT

COUNT = "SELECT count(*) FROM {}"
#: The addons, and whether their demo data is there.
MODULES = """
SELECT name, demo FROM ir_module_module WHERE state = 'installed'
    AND name IN ('water_compensation', 'water_complaints', 'water_quality', 'water_service_desk')
    ORDER BY name
"""


@pytest.fixture
def fresh(stack):
    """The name of a database that Odoo makes by itself, and is gone afterwards."""
    name = "water-fresh"
    subprocess.run(["dropdb", "--if-exists", "--force", name], check=True)
    yield name
    subprocess.run(["dropdb", "--if-exists", "--force", name], check=True)
    shutil.rmtree(Path(stack["data"]) / "filestore" / name, ignore_errors=True)


def _query(name, statement):
    args = ["psql", "-X", "-At", "-d", name, "-c", statement]
    return subprocess.run(args, check=True, capture_output=True, text=True).stdout.split()


def test_installs_with_demo_data(stack, fresh):
    command = [stack["python"], stack["odoo"], "-c", stack["config"], "-d", fresh]
    command += [
        "-i",
        "water_compensation,water_quality",
        "--with-demo",
        "--stop-after-init",
        "--no-http",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    log = done.stdout + done.stderr
    assert done.returncode == 0, log[-3000:]
    assert "Traceback" not in log, log[log.index("Traceback") :][:3000]
    assert "installed without demo data" not in log
    assert _query(fresh, MODULES) == [
        "water_compensation|t",
        "water_complaints|t",
        "water_quality|t",
        "water_service_desk|t",
    ]
    for table in ("water_complaint", "water_inquiry", "water_request", "water_compensation"):
        assert int(*_query(fresh, COUNT.format(table))) > 0, table
