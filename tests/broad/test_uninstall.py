"""Uninstalled, both addons leave nothing behind, and a database that can be upgraded.

What is there before the installation is compared with what is there afterwards: what PostgreSQL
knows by name, and all rows. Then everything is upgraded, and installed again.
"""

import re
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from stored_rows import Stored, ask, differences

LIMIT = 900  # seconds for one start of Odoo, which takes 60 where nobody else is at work
NAME = "water-gone"
OBJECTS = """
SELECT 'column ' || table_name || '.' || column_name FROM information_schema.columns
 WHERE table_schema = 'public';
SELECT CASE relkind WHEN 'S' THEN 'sequence ' WHEN 'i' THEN 'index ' ELSE 'table ' END || relname
  FROM pg_class WHERE relnamespace = 'public'::regnamespace
   -- Odoo makes these of its own fields when it finds the extension that we have asked for
   AND NOT (relkind = 'i' AND pg_get_indexdef(oid) LIKE '%gin_trgm_ops%');
SELECT 'function ' || oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace
   AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e');
SELECT 'constraint ' || conrelid::regclass || ' ' || conname FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace;
SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal;
SELECT 'type ' || typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
   AND typname NOT LIKE '%gtrgm';
"""
#: What Odoo's log says of a fault, with what PostgreSQL says of it.
FAULT = re.compile(r"^.* (?:ERROR|CRITICAL) .*(?:\n(?!\d{4}-).*){0,3}|^Traceback.*$", re.MULTILINE)
#: Whoever takes complaints away says that their sealed files are kept.
KEPT_ELSEWHERE = """
INSERT INTO ir_config_parameter (key, value)
VALUES ('water_complaints.archives_kept', current_database());
"""
#: What people keep for themselves: a search, and a list of fields to export.
OWN = """
INSERT INTO ir_filters (name, model_id, domain, context, sort, active)
VALUES ('Ours', 'water.complaint', '[]', '{}', '[]', true);
INSERT INTO ir_exports (name, resource) VALUES ('Ours', 'water.inquiry');
"""
#: Customers who have invoices, and what the company has booked, outlive any addon.
KEPT = re.compile(r"account_move_partner_id_fkey|bad query: b'DELETE FROM \"res_partner\"")
BOOKED = {"account.move", "res.partner"}
#: (table, condition for the row or None, reason): what Odoo itself writes and nobody misses.
NOT_OURS = [
    ("orm_signaling_registry", None, "tells other workers to load the models again"),
    (
        "ir_attachment",
        lambda row: (row["url"] or "").startswith("/web/assets/"),
        "compiled, and compiled again when needed",
    ),
    ("ir_cron_trigger", None, "when jobs of Odoo's own run next; ours went with their triggers"),
    ("bus_bus", None, "said to browsers, and gone by itself"),
    ("res_partner", None, "a customer with an invoice"),
    ("ir_model_data", lambda row: row["model"] in BOOKED, "his name, by which he is found again"),
    (
        "mail_message",
        lambda row: row["model"] in BOOKED | {"res.company"},
        "what was noted of them",
    ),
    ("mail_tracking_value", None, "of messages that stay"),
    ("mail_followers", lambda row: row["res_model"] in BOOKED, "likewise"),
]


@dataclass
class Left:
    """What is there that was not there before, and how the upgrade went."""

    objects: list
    rows: list
    upgraded: str


@pytest.fixture(scope="module")
def run(stack):
    """Return a function that runs Odoo's program to its end and returns what it logged."""

    def _run(*args):
        command = [stack["python"], stack["odoo"], *args]
        done = subprocess.run(
            [str(arg) for arg in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]
        faults = [fault for fault in FAULT.findall(done.stdout) if not KEPT.search(fault)]
        assert not faults, "\n".join(faults)
        return done.stdout

    return _run


@pytest.fixture(scope="module")
def plain(stack, tmp_path_factory):
    """A configuration that loads no addon for the whole server: Odoo uninstalls none of these."""
    lines = Path(stack["config"]).read_text().splitlines()
    kept = [line for line in lines if not line.startswith("server_wide_modules")]
    path = tmp_path_factory.mktemp("plain") / "odoo.conf"
    path.write_text("\n".join(kept))
    return path


@pytest.fixture(scope="module")
def left(stack, copied, run, plain):
    """Uninstall complaints, then the desk; upgrade everything."""
    place = ["-c", plain, "-d", NAME]
    with copied(NAME, stack["base"]):
        before, known = Stored(NAME), {key for (key,) in ask(NAME, OBJECTS)}
    with copied(NAME):
        ask(NAME, KEPT_ELSEWHERE + OWN)
        for module in ("water_complaints", "water_service_desk"):
            run("module", "uninstall", *place, module)
        after = Stored(NAME)
        objects = sorted(key for (key,) in ask(NAME, OBJECTS) if key not in known)
        rows = [
            f"{table}: {row}"[:400]
            for table, what, _none, row in differences(before, after)
            if what == "new"
            and not table.startswith("account_")  # booked
            and not any(table == name and (not is_it or is_it(row)) for name, is_it, _ in NOT_OURS)
        ]
        upgraded = run(*place, "-u", "base", "--no-http", "--stop-after-init")
        yield Left(objects, rows, upgraded)


def test_nothing_is_left(left):
    """Tables, columns, functions, sequences; rows of any table: parameters, names, files."""
    assert not left.objects, "\n".join(left.objects)
    tables = Counter(row.split(":")[0] for row in left.rows)
    shown = [
        row for table in tables for row in [r for r in left.rows if r.startswith(f"{table}:")][:9]
    ]
    assert not left.rows, f"{len(left.rows)} rows: {dict(tables)}\n" + "\n".join(shown)


def test_upgrades_and_comes_back(left, plain, run):
    """What was there can be upgraded, and the addons installed anew."""
    assert not re.search("water_(service_desk|complaints)", left.upgraded)
    place = ["-c", plain, "-d", NAME, "--no-http", "--stop-after-init"]
    run(*place, "-i", "water_service_desk,water_complaints")
    states = "SELECT DISTINCT state FROM ir_module_module WHERE name LIKE 'water!_%' ESCAPE '!'"
    assert ask(NAME, states) == [["installed"]]
