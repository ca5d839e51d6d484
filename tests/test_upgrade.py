"""A database of the last release, upgraded with the present code, keeps all its data.

It is made by that release's own code, which ``bin/test`` takes from git's history (see
``bin/lib/water/release.py``), from the database with Odoo's modules that all tests start from.
Before the first release it is the template, which the present code has made.
Afterwards it has the same rows, except as named in ``expected_differences.py``, and otherwise what
the present code installs.
"""

import configparser
import json
import re
import subprocess
import tarfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
from expected_differences import ALWAYS, OUR_MODULES, SINCE_RELEASE, Upgrade
from stored_rows import Stored, ask, differences

LIMIT = 900  # seconds for one start of Odoo, which takes 40 on a quiet machine
#: Marks what a company has made of our records, which an upgrade leaves alone.
OURS = "OURS"
#: Days to appeal other than those of a new column, words of a stage, a mail and a number, changed
#: by an administrator.
CUSTOMISED = f"""
UPDATE res_company SET water_appeal_days = 45;
UPDATE water_stage SET sequence = 77, write_uid = 2,
       name = '{{"en_US": "{OURS} en", "zh_CN": "{OURS} zh"}}'
 WHERE id = (SELECT min(id) FROM water_stage);
UPDATE mail_template SET write_uid = 2,
       subject = '{{"en_US": "{OURS} en", "zh_CN": "{OURS} zh"}}'
 WHERE id = (SELECT min(id) FROM mail_template WHERE template_fs LIKE 'water!_%' ESCAPE '!');
UPDATE ir_sequence SET prefix = '{OURS}', number_next = 4711
 WHERE id = (SELECT min(id) FROM ir_sequence WHERE code LIKE 'water%');
"""
XML_IDS = f"""
SELECT module, name, model, noupdate FROM ir_model_data WHERE module IN {OUR_MODULES}
"""
#: Odoo gives these names, too, when it makes models of others again as it installs ours.
SECOND_NAMES = re.compile(
    r"model_inherit__(account|res_partner_bank)\w*__mail_(thread|render_mixin)"
)
#: configuration data of all rooms; demo cases and people depend on time
SETTINGS = """
ir_act_report_xml ir_act_server ir_act_window ir_act_window_view ir_cron ir_model ir_model_access
ir_model_constraint ir_model_fields ir_model_fields_selection ir_rule ir_sequence ir_ui_menu
ir_ui_view ir_default mail_activity_plan mail_activity_plan_template mail_activity_type
mail_canned_response mail_template report_paperformat res_groups res_groups_privilege
data_recycle_model resource_calendar
water_callback_choice water_callback_question water_callback_retry water_callback_script
water_category water_cause water_channel water_compensation_band water_compensation_exemption_code
water_compensation_profile water_compensation_rule water_customer_flag water_department
water_dispatch_reason water_emergency_word water_escalation_step water_forbidden_phrase
water_gateway water_guide water_incident_kind water_guide_fee water_guide_material water_guide_step
water_inspection_item water_inspection_template water_request_reason water_skill water_stage
water_standard water_standard_line water_zone water_kpi water_kpi_target
""".split()
#: Rights and menus of each role.
SETTINGS += """
ir_act_server_group_rel ir_act_window_group_rel ir_ui_menu_group_rel ir_ui_view_group_rel
res_groups_implied_rel res_groups_report_rel rule_group_rel
""".split()
#: Columns of them that are another one in each database.
OF_THEIR_OWN = {
    "ir_cron": ("nextcall", "lastcall"),
    # of an inherited field: which addon was loaded last; a translation that is there stays
    "ir_model_constraint": ("module", "message"),
    "ir_ui_menu": ("parent_path",),  # numbers
    "water_category": ("parent_path",),
    "water_guide": ("valid_from",),  # the day on which it was loaded
    "water_zone": ("outline",),  # of the demo data, which an upgrade leaves alone
    "ir_ui_view": ("arch_prev",),  # Odoo drops the head of the file when it writes a view again
}
#: Tables and columns, with what PostgreSQL keeps about them.
OBJECTS = r"""
SELECT 'column ' || table_name || '.' || column_name, concat_ws(' ', data_type, udt_name,
        character_maximum_length, numeric_precision, is_nullable, column_default,
        col_description(format('%I', table_name)::regclass, ordinal_position))
  FROM information_schema.columns
 WHERE table_schema = 'public' AND (table_name LIKE 'water%' OR column_name LIKE 'water%');
SELECT 'index ' || indexname, indexdef FROM pg_indexes
 WHERE schemaname = 'public' AND (tablename LIKE 'water%' OR indexname LIKE '%water%');
SELECT 'constraint ' || conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
   AND (conrelid::regclass::text LIKE 'water%' OR conname LIKE '%water%');
SELECT 'function ' || proname, md5(prosrc) FROM pg_proc WHERE proname LIKE '%water%';
SELECT 'trigger ' || tgname, pg_get_triggerdef(oid) FROM pg_trigger
 WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'water%';
SELECT 'extension ' || extname, '' FROM pg_extension;
"""
#: Links between two models, made by the one that is loaded first: its column leads the key, and
#: the index beside the key has the other order. Searches find both, in either order.
EITHER_ORDER = re.compile(
    r"(index|constraint).* water_(channel|department)_user_rel|_user_rel_\w+$"
)


@dataclass(repr=False)
class Found:
    """A database before and after, and one that the present code has made."""

    name: str
    upgrade: Upgrade
    xml_ids: dict
    objects: dict


def _odoo(stack, name, *args, given=None):
    head = ["shell"] if given else []
    options = ["-c", stack["config"], "-d", name, "--no-http", *args]
    options += ["--log-level=error"] if given else ["--stop-after-init", "--with-demo"]
    command = [stack["python"], stack["odoo"], *head, *options]
    return subprocess.run(
        list(map(str, command)),
        input=given,
        stdin=None if given else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT,
        check=False,
    )


def _succeeded(done):
    assert done.returncode == 0, done.stdout[-3000:]
    faults = re.findall(r"^.* (?:ERROR|CRITICAL) .*$|^Traceback.*$", done.stdout, re.MULTILINE)
    assert not faults, "\n".join(faults)
    assert "installed without demo data" not in done.stdout
    return done.stdout


def _install_release(stack, name, folder):
    """Install the last release in the database, with its own code in the folder."""
    with tarfile.open(stack["release"]) as sources:
        sources.extractall(folder, filter="data")
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(stack["config"])
    paths = list(map(Path, settings["options"]["addons_path"].split(",")))
    present = [path for path in paths if (path / OUR_MODULES[0]).exists()]
    assert len(present) == 1
    old = [folder / "addons" if path in present else path for path in paths]
    addons = f"--addons-path={','.join(map(str, old))}"
    _succeeded(_odoo(stack, name, addons, "-i", ",".join(OUR_MODULES)))
    set_up = (folder / "config" / "database.py").read_text()
    _succeeded(_odoo(stack, name, addons, given=set_up))


def _describe(name):
    return {"xml_ids": set(map(tuple, ask(name, XML_IDS))), "objects": dict(ask(name, OBJECTS))}


@pytest.fixture(scope="module")
def found(stack, copied, tmp_path_factory):
    """Make the database, upgrade it, and look at it before and after."""
    if stack["release-problem"]:
        pytest.fail(f"the last release is not in this clone: {stack['release-problem']}")
    name, is_released = "water-before", Path(stack["release"]).stat().st_size
    with copied(name, stack["base"] if is_released else None):
        if is_released:
            _install_release(stack, name, tmp_path_factory.mktemp("release"))
        ask(name, CUSTOMISED)
        before = Stored(name)
        _succeeded(_odoo(stack, name, "-u", ",".join(OUR_MODULES)))
        with copied(f"{name}-fresh"):
            fresh = Stored(f"{name}-fresh")
            seen = {"now": _describe(name), "fresh": _describe(f"{name}-fresh")}
        what = {kind: {who: seen[who][kind] for who in seen} for kind in ("xml_ids", "objects")}
        yield Found(name, Upgrade(before, Stored(name), fresh), **what)


def test_same_rows(found):
    """Rows, ids and values of all tables, translations and names (XML ids) among them."""
    upgrade, used, unexpected = found.upgrade, set(), []
    assert upgrade.before.tables.keys() <= upgrade.after.tables.keys()
    assert upgrade.after.tables.keys() == upgrade.fresh.tables.keys()
    for table, what, before, after in differences(upgrade.before, upgrade.after):
        if what == "new" and upgrade.is_brought(table, after):
            continue
        for number, (where, kind, holds, _reason) in enumerate(SINCE_RELEASE + ALWAYS):
            if (where, kind) == (table, what) and (not holds or holds(upgrade, before, after)):
                used.add(number)
                break
        else:
            column = "" if what in ("gone", "new") else f"{before.get(what)} -> {after.get(what)} "
            unexpected.append(f"{table} {what}: {column}{before or after}"[:600])
    assert not unexpected, f"{len(unexpected)} differences\n" + "\n".join(unexpected[:200])
    assert [line for number, line in enumerate(SINCE_RELEASE) if number not in used] == []


def test_own_changes_stay(found):
    """test_same_rows compares the company's settings and texts: they must be there."""
    after = found.upgrade.after
    assert 45 in {row["water_appeal_days"] for row in after.rows("res_company")}
    for table in ("water_stage", "mail_template", "ir_sequence"):
        assert any(OURS in row for row in after.tables[table].values()), table


def test_xml_ids_of_new_database(found):
    """Nothing is left over or missing, and ``noupdate`` is the same."""
    now, fresh = found.xml_ids["now"], found.xml_ids["fresh"]
    assert len(now) > 8000
    assert now - fresh == set()
    assert {row for row in fresh - now if not SECOND_NAMES.fullmatch(row[1])} == set()


def test_objects_of_new_database(found):
    """Columns, indexes, constraints, functions and triggers."""
    now, fresh = found.objects["now"], found.objects["fresh"]
    assert len(now) > 3000
    unlike = {key for key in now.keys() | fresh.keys() if now.get(key) != fresh.get(key)}
    unlike = {key for key in unlike if not EITHER_ORDER.search(key)}
    lines = [f"{key}: {now.get(key)} | {fresh.get(key)}" for key in sorted(unlike)]
    assert not lines, "\n".join(lines)


def _is_like(now, fresh):
    """The same; a translation that is there is not written again by Odoo when it has changed."""
    if isinstance(now, dict) and isinstance(fresh, dict) and now.keys() == fresh.keys():
        english = now.get("en_US")
        kept = [text == fresh[lang] or text != english for lang, text in now.items()]
        return english == fresh.get("en_US") and all(kept)
    return now == fresh


def test_settings_of_new_database(found):
    """Rights, rules, menus, views, actions, mails and the records that come with the addons."""
    unlike = defaultdict(list)
    for table in SETTINGS:
        left_out = OF_THEIR_OWN.get(table, ())
        now = found.upgrade.after.named_rows(table, left_out)
        fresh = found.upgrade.fresh.named_rows(table, left_out)
        for key in now.keys() | fresh.keys():
            row, new = now.get(key, {}), fresh.get(key, {})
            if OURS in str(row):
                continue
            columns = {
                column: (row.get(column), new.get(column))
                for column in row.keys() | new.keys()
                if not _is_like(row.get(column), new.get(column))
            }
            if columns or not (row and new):
                unlike[table].append(f"{key}: {columns}"[:600])
    lines = [f"{table}, {len(rows)}: {rows[:5]}" for table, rows in unlike.items()]
    assert not lines, "\n".join(lines)


def test_opens(found, stack):
    """A complaint goes one step; chains are whole; mail templates are found, actions run."""
    script = Path(__file__).with_name("after_upgrade.py").read_text()
    lines = _succeeded(_odoo(stack, found.name, given=script)).splitlines()
    [line] = [line for line in lines if line.startswith("RESULT ")]
    result = json.loads(line.removeprefix("RESULT "))
    assert result.pop("events") > 2
    assert result.pop("chained") > 300
    assert result.pop("faults") == []
    states = ["registered", "investigating"]
    counts = {"templates": 35, "files": 16, "actions": 42}
    assert result == {"states": states, "number": True, **counts}
