"""After uninstalling, nothing is left, and the database can be upgraded.

The state before the installation is compared with the state afterwards: PostgreSQL's objects by
name, and all rows. Then everything is upgraded and installed again.
"""

import re
from collections import Counter
from dataclasses import dataclass

import pytest
from runs import OPEN_ACTIONS, Runs, faults, settings
from stored_rows import Stored, ask, differences

NAME = "water-gone"
OURS = ("water_service_desk", "water_complaints", "water_compensation")
OURS += ("water_quality", "water_quality_compensation")
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
#: How they go: one after the other, or all of them with the desk on which they stand.
WAYS = {
    "one by one": ("water_quality", "water_compensation", "water_complaints", "water_service_desk"),
    "all at once": ("water_service_desk",),
}
#: the administrator confirms that sealed files are kept
KEPT_ELSEWHERE = """
INSERT INTO ir_config_parameter (key, value)
VALUES ('water_complaints.archives_kept', current_database());
"""
#: users' own records: a search, and a list of fields to export
OWN = """
INSERT INTO ir_filters (name, model_id, domain, context, sort, active)
VALUES ('Ours', 'water.complaint', '[]', '{}', '[]', true);
INSERT INTO ir_exports (name, resource) VALUES ('Ours', 'water.complaint');
"""
#: Chains of what stays are whole: an inquiry that became a complaint says so in its events.
CHAINS = """
import json
cases = env["water.inquiry"].search([])
print("RESULT", json.dumps([len(cases), cases._verify_events()]))
"""
#: Customers who have invoices, and what the company has booked, outlive any addon.
KEPT = re.compile(r"account_move_partner_id_fkey|bad query: b'DELETE FROM \"res_partner\"")
BOOKED = {"account.move", "res.partner"}
#: (table, condition for the row or None, reason): written by Odoo itself, and harmless
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


class Quiet(Runs):
    """Commands that ignore errors; kept records are none."""

    def _run(self, *args):
        said = super()._run(*args)
        found = [fault for fault in faults(said, "ERROR", "CRITICAL") if not KEPT.search(fault)]
        assert not found, "\n".join(found)
        return said


@dataclass
class Left:
    """New records, and how the upgrade went."""

    objects: list
    rows: list
    upgraded: str


@pytest.fixture(scope="module")
def runs(stack, tmp_path_factory):
    """Odoo's commands, where no addon is loaded for the whole server."""
    return Quiet(stack, settings(stack, tmp_path_factory.mktemp("plain")))


#: Likewise where the desk stays: it keeps its records of all kinds.
DESKS = [
    *NOT_OURS,
    ("water_skill_user", None, "a person's skill, wherever it was learned"),
    ("mail_message", lambda row: not row["model"], "one line to staff, in their inbox"),
    ("mail_notification", None, "of that line"),
    ("mail_message_res_partner_rel", None, "likewise"),
    ("mail_mail", None, "that line by mail"),
    ("mail_mail_res_partner_rel", None, "likewise"),
]


def _unlike(before, after, left_out=NOT_OURS):
    """What two ``Stored`` have that is not in both, without what is not ours."""
    return [
        f"{table}: {what} {row or now}"[:400]
        for table, what, row, now in differences(before, after)
        if what in ("new", "gone")
        and not table.startswith("account_")  # booked
        and not any(
            table == name and (not is_it or is_it(row or now)) for name, is_it, _ in left_out
        )
    ]


def _show(rows):
    tables = Counter(row.split(":")[0] for row in rows)
    shown = [row for table in tables for row in [r for r in rows if r.startswith(f"{table}:")][:9]]
    return f"{len(rows)} rows: {dict(tables)}\n" + "\n".join(shown)


@pytest.fixture(scope="module", params=WAYS)
def left(request, stack, copied, runs):
    """Uninstall all addons; upgrade everything."""
    with copied(NAME, stack["base"]):
        before, known = Stored(NAME), {key for (key,) in ask(NAME, OBJECTS)}
    with copied(NAME):
        ask(NAME, KEPT_ELSEWHERE + OWN)
        for module in WAYS[request.param]:
            runs.uninstall(NAME, module)
        objects = sorted(key for (key,) in ask(NAME, OBJECTS) if key not in known)
        rows = _unlike(before, Stored(NAME))
        yield Left(objects, rows, runs.upgrade(NAME, "base"))


def test_nothing_is_left(left):
    """Tables, columns, functions, sequences; rows of any table: parameters, names, files."""
    assert not left.objects, "\n".join(left.objects)
    assert not left.rows, _show(left.rows)


def test_upgrades_and_comes_back(left, runs):
    """What was there can be upgraded, and the addons installed anew."""
    assert not re.search("water_(service_desk|comp|quality)", left.upgraded)
    runs.install(NAME, *OURS)
    states = "SELECT DISTINCT state FROM ir_module_module WHERE name LIKE 'water!_%' ESCAPE '!'"
    assert ask(NAME, states) == [["installed"]]


#: Tables without cases and their messages.
SETTINGS = ("ir_act", "ir_config", "ir_cron", "ir_model", "ir_rule", "ir_ui")
SETTINGS += ("water_compensation", "water_home", "water_setting_change")
#: What each stands on when it comes and goes alone.
BELOW = {
    "water_complaints": "water_service_desk",
    "water_compensation": "water_complaints",
    "water_quality": "water_complaints",
}


@pytest.mark.parametrize("addon", BELOW)
def test_alone(stack, copied, runs, addon):
    """What an addon stands on goes on as it was before, and the addon can come back."""
    name, below = f"{NAME}-alone", BELOW[addon]
    with copied(name, stack["base"]):
        runs.install(name, below, demo=True)
        before, known = Stored(name), {key for (key,) in ask(name, OBJECTS)}
        runs.install(name, addon, demo=True)
        if addon == "water_complaints":  # the rows are about its records
            ask(name, KEPT_ELSEWHERE + OWN)
        runs.uninstall(name, addon)
        objects = sorted(key for (key,) in ask(name, OBJECTS) if key not in known)
        assert not objects, "\n".join(objects)
        rows = _unlike(before, Stored(name), DESKS)
        if addon == "water_compensation":  # cases that its demo tells of stay with complaints
            rows = [row for row in rows if row.startswith(SETTINGS)]
        assert not rows, _show(rows)
        runs.upgrade(name, below)
        (count, broken), _said = runs.shell(name, CHAINS)
        assert (count > 10, broken) == (True, [])
        assert runs.shell(name, OPEN_ACTIONS)[0]["broken"] == {}
        runs.install(name, addon)
        states = f"SELECT state FROM ir_module_module WHERE name = '{addon}'"
        assert ask(name, states) == [["installed"]]
