"""Dumped and loaded by Odoo's own commands, a database is whole, and its cases go on."""

import shutil
import subprocess
from pathlib import Path

import pytest
from runs import AMONG_OTHERS, Runs, check_walk, faults
from stored_rows import Stored, differences

NAME, LOADED = "water-dumped", "water-loaded"
#: running work at the time of the dump continues in the restored copy
GO_ON = """
import json
chains = [
    name for name, model in env.registry.items()
    if issubclass(model, env.registry["water.chain.mixin"]) and model._auto
]
records = [env[name].with_context(active_test=False).search([]) for name in chains]
faults = [fault for rows in records for fault in rows._verify_events()]
waiting = env["water.dispatch"].search([("state", "=", "sent"), ("complaint_id", "!=", False)])
dispatch = waiting.filtered(lambda row: row.department_id.member_ids)[:1]
case, before = dispatch.complaint_id, dispatch.complaint_id.event_count
dispatch.with_user(dispatch.department_id.member_ids[:1]).action_accept()
env.flush_all()
faults += case._verify_events()
count = sum(map(len, records))
print("RESULT", json.dumps([dispatch.state, case.event_count > before, count, faults]))
env.cr.rollback()
"""


@pytest.fixture(scope="module")
def loaded(stack, copied, tmp_path_factory):
    """``(rows before, files before)`` of a database that was dumped, and loaded as ``LOADED``."""
    path = tmp_path_factory.mktemp("dump") / "dump.zip"
    command = [stack["python"], stack["odoo"], "db", "-c", stack["config"]]
    with copied(NAME):
        subprocess.run(["dropdb", "--if-exists", "--force", LOADED], check=True)
        subprocess.run([*command, "dump", NAME, path], check=True, capture_output=True)
        before = Stored(NAME), _files(stack, NAME)
        subprocess.run([*command, "load", LOADED, path], check=True, capture_output=True)
        yield before
        subprocess.run(["dropdb", "--if-exists", "--force", LOADED], check=True)
        shutil.rmtree(Path(stack["data"]) / "filestore" / LOADED, ignore_errors=True)


def _files(stack, name):
    folder = Path(stack["data"]) / "filestore" / name
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder): path.read_bytes() for path in paths}


def test_rows_and_files(stack, loaded):
    """All are there as they were, but for the name that Odoo gives to a copy."""
    rows, files = loaded
    found = [entry for entry in differences(rows, Stored(LOADED)) if entry[0] != "orm_signaling"]
    keys = {(row or now).get("key") for table, _what, row, now in found}
    assert {entry[0] for entry in found} == {"ir_config_parameter"}, found[:5]
    assert keys <= {"database.uuid", "database.secret", "database.create_date", "web.base.url"}
    kept = {path for path in files if path.parts[0] != "checklist"}
    there = _files(stack, LOADED)
    assert {path: there.get(path) for path in kept} == {path: files[path] for path in kept}


def test_cases_go_on(stack, loaded):
    """Chains are whole, a department accepts, and a new case goes all its way."""
    runs = Runs(stack, stack["config"])
    (state, has_noted, count, broken), said = runs.shell(LOADED, GO_ON)
    assert (state, has_noted, broken, faults(said)) == ("accepted", True, [], [])
    assert count > 60
    found, said = runs.shell(LOADED, AMONG_OTHERS)
    check_walk(found)
    assert faults(said, "ERROR", "CRITICAL") == []
