"""A backup is whole: a restored dump holds the same rows in every table."""

import shutil
import subprocess
from pathlib import Path

import pytest

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
#: Counts the rows of a table, and digests them in an order that their texts give.
DIGEST = (
    "SELECT '{0}', count(*), md5(string_agg(line, '' ORDER BY line)) "
    'FROM (SELECT md5(t::text) AS line FROM "{0}" AS t) AS lines'
)
#: other objects of a database; PostgreSQL prints definitions slightly differently each time
OBJECTS = """
SELECT indexname FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT conrelid::regclass || ' ' || conname
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT proname FROM pg_proc WHERE proname LIKE 'water%'
UNION ALL SELECT attrelid::regclass || '.' || attname
    FROM pg_attribute JOIN pg_attrdef ON (attrelid, attnum) = (adrelid, adnum)
"""
#: A copy that Odoo loads gets a name of its own in here.
RENAMED = "ir_config_parameter"
#: The words of an archived complaint are kept by the database: there must be some to lose.
ARCHIVED = (
    "UPDATE water_complaint SET archived_at = now() AT TIME ZONE 'UTC' "
    "WHERE id = (SELECT min(id) FROM water_complaint)"
)


@pytest.fixture
def empty(database, stack):
    """The name of a database that is not there yet, and is gone afterwards."""
    name = f"{database.name}-restored"
    subprocess.run(["dropdb", "--if-exists", "--force", name], check=True)
    yield name
    subprocess.run(["dropdb", "--if-exists", "--force", name], check=True)
    shutil.rmtree(Path(stack["data"]) / "filestore" / name, ignore_errors=True)


def _run(*args):
    done = subprocess.run([str(arg) for arg in args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{args[0]}: {done.stdout[-1000:]}{done.stderr[-3000:]}"
    return done


def _psql(name, statement):
    args = ["-X", "-At", "-v", "ON_ERROR_STOP=1", "-d", name]
    return _run("psql", *args, "-c", statement).stdout.splitlines()


def _content(name):
    """``{table: number of rows and their digest}`` of a database, and what else is in it."""
    digests = " UNION ALL ".join(DIGEST.format(table) for table in _psql(name, TABLES))
    tables = dict(line.split("|", 1) for line in _psql(name, digests))
    return tables | dict.fromkeys(_psql(name, OBJECTS), "there")


def _differences(before, after):
    return {
        table: (before.get(table), after.get(table))
        for table in before.keys() | after.keys()
        if before.get(table) != after.get(table)
    }


def test_postgresql_restores_all(database, empty, tmp_path):
    _psql(database.name, ARCHIVED)
    before = _content(database.name)
    assert not before["water_complaint"].startswith("0|")
    assert _psql(database.name, "SELECT 1 FROM water_complaint WHERE archive_words IS NOT NULL")
    _run("pg_dump", "-Fc", "-Z1", "-f", tmp_path / "backup", database.name)
    _run("createdb", "-T", "template0", empty)
    done = _run("pg_restore", "--no-owner", "-d", empty, tmp_path / "backup")
    assert done.stderr == ""
    assert _differences(before, _content(empty)) == {}


def test_odoo_restores_all(database, empty, tmp_path):
    _psql(database.name, ARCHIVED)
    before = _content(database.name)
    command = [database.python, database.odoo, "db", "-c", database.config]
    _run(*command, "dump", database.name, tmp_path / "backup.zip")
    _run(*command, "load", empty, tmp_path / "backup.zip")
    differences = _differences(before, _content(empty))
    assert differences.pop(RENAMED, None)
    assert differences == {}
