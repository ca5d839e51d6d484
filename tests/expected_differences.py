"""What an upgrade from the release before may change in the rows of a database, and why.

Whatever else is gone, new or another one afterwards fails ``test_upgrade.py``, and so does a line
in here that nothing needs any more. When ``bin/lib/water/release.py`` names another release, the
second half goes.
"""

from collections import Counter
from functools import cached_property
from itertools import product

from stored_rows import table_of

#: Views may be written otherwise; that they are those of a new database is compared as well.
OUR_MODULES = ("water_service_desk", "water_complaints")
#: Kept by the system, and now shown as such: the guard of kept fields goes by ``readonly``.
KEPT = {
    *product(
        ("water.case.mixin", "water.inquiry", "water.request", "water.complaint"),
        ("received_at", "company_id", "incident_id"),
    ),
    ("water.complaint", "archive_ids"),
    *product(
        ("water.compensation",),
        ("approval_ids", "correction_ids", "deadline_id", "visit_id", "penalty_ids"),
    ),
}
APPEAL_DAYS = (
    "field_res_company__water_appeal_days",
    "field_res_config_settings__water_appeal_days",
)


class Upgrade:
    """What is stored before and after, and in a new database; the conditions below ask about it."""

    def __init__(self, before, after, fresh):
        self.before = before
        self.after = after
        self.fresh = fresh

    @cached_property
    def gone_models(self):
        """The numbers of the abstract models that are gone."""
        return {
            row["id"]
            for row in self.before.rows("ir_model")
            if row["abstract"] and not self.after.row("ir_model", row["id"])
        }

    @cached_property
    def brought(self):
        """The XML ids that the present code brings."""
        rows = self.fresh.rows("ir_model_data")
        return {f"{row['module']}.{row['name']}" for row in rows if row["module"] in OUR_MODULES}

    @cached_property
    def account_events(self):
        """How many events each account has."""
        return Counter(row["account_id"] for row in self.after.rows("water_account_event"))

    def is_gone(self, row):
        """Tell whether what a row of ``ir_model_data`` names is gone."""
        return not self.after.row(table_of(row["model"]), row["res_id"])

    def field_of(self, choice):
        """The field that a row of ``ir_model_fields_selection`` is a choice of."""
        return self.before.row("ir_model_fields", choice["field_id"])


def _is_ours(upgrade, before, _after):
    return (upgrade.before.name("ir_ui_view", before["id"]) or "").split(".")[0] in OUR_MODULES


def _is_brought(table):
    return lambda upgrade, _none, row: upgrade.after.name(table, row["id"]) in upgrade.brought


def _is_named(*names):
    return lambda _upgrade, before, after: (after or before)["name"] in names


#: (table, what, condition for (upgrade, row before, row after) or None, reason)
ALWAYS = [
    ("orm_signaling_registry", "new", None, "tells other workers to load the models again"),
    ("ir_cron_trigger", "new", None, "Odoo asks for its own cleaning up after an upgrade"),
    ("ir_module_module", "latest_version", None, "the version that is installed now"),
    ("ir_module_module", "url", lambda _u, old, new: not (old["url"] or new["url"]), "empty again"),
    ("ir_module_module", "views_by_module", None, "a list of what is compared one by one"),
    ("ir_ui_view", "arch_prev", _is_ours, "what the view was before"),
    *(
        (table, "new", _is_brought(table), "a new database has it, too")
        for table in ("ir_model", "ir_model_fields", "ir_model_inherit", "ir_ui_view", "ir_rule")
    ),
    (
        "rule_group_rel",
        "new",
        lambda upgrade, _none, row: (
            upgrade.after.name("ir_rule", row["rule_group_id"]) in upgrade.brought
        ),
        "whom such a rule is for",
    ),
    (
        "ir_model_constraint",
        "new",
        lambda _upgrade, _none, row: "water" in row["name"],
        "constraints of our tables are compared with those of a new database",
    ),
    (
        "ir_model_data",
        "new",
        lambda upgrade, _none, row: f"{row['module']}.{row['name']}" in upgrade.brought,
        "the name of any of these",
    ),
    (
        "ir_model_data",
        "gone",
        lambda u, row, _: u.is_gone(row),
        "a name of what is gone, see below",
    ),
    (
        "ir_model_data",
        "gone",
        lambda _upgrade, row, _none: row["model"] == "ir.model.inherit",
        "a second name, which Odoo gives when it makes models again as it installs others",
    ),
]

SINCE_FIRST = [
    ("mail_template", "template_fs", None, "files have moved to rooms"),
    *(
        ("ir_ui_view", column, _is_ours, "each room brings its own part of a view, in its own file")
        for column in ("arch_fs", "arch_db", "inherit_id", "priority")
    ),
    (
        "ir_ui_view",
        "gone",
        lambda upgrade, row, _none: (
            upgrade.before.name("ir_ui_view", row["id"])
            == "water_complaints.water_complaint_view_kanban_appeal"
        ),
        "its parts have come to other rooms",
    ),
    # mixins with one heir became extensions in place
    ("ir_model", "gone", lambda _upgrade, row, _none: row["abstract"], "such a mixin"),
    ("ir_model_fields", "gone", lambda u, row, _: row["model_id"] in u.gone_models, "its field"),
    (
        "ir_model_fields_selection",
        "gone",
        lambda upgrade, row, _none: upgrade.field_of(row)["model_id"] in upgrade.gone_models,
        "its choice",
    ),
    ("ir_model_constraint", "gone", lambda u, row, _: row["model"] in u.gone_models, "its check"),
    (
        "ir_model_inherit",
        "gone",
        lambda u, row, _: {row["model_id"], row["parent_id"]} & u.gone_models,
        "its heir, or what it was an heir of",
    ),
    # what stood in one place is said by each room
    ("ir_model", "info", None, "the docstring of the class that comes first"),
    (
        "ir_model",
        "name",
        lambda _upgrade, before, _after: before["model"] == "water.guard.mixin",
        "a capital letter",
    ),
    (
        "ir_model_fields",
        "readonly",
        lambda _upgrade, before, after: (
            after["readonly"] and (before["model"], before["name"]) in KEPT
        ),
        "kept by the system",
    ),
    ("ir_model_constraint", "gone", _is_named("res_company_water_limits"), "parted by rooms"),
    *(
        (
            "ir_model_constraint",
            column,
            lambda _upgrade, before, _after: before["name"].startswith("res_company_water_"),
            "settings of a company are checked by the room that asks for them",
        )
        for column in ("definition", "message")
    ),
    (
        "ir_model_fields_selection",
        "sequence",
        lambda upgrade, before, _after: upgrade.field_of(before)["name"] == "kind",
        "kinds of events stand room by room",
    ),
    # the days to appeal belong to complaints
    (
        "ir_model_data",
        "gone",
        _is_named(*APPEAL_DAYS),
        "they go from the service desk to complaints",
    ),
    # an integration has no right on any record
    (
        "ir_model_access",
        "gone",
        lambda _upgrade, row, _none: row["name"].endswith(" integration"),
        "what it might do with cases and lists",
    ),
    (
        "ir_rule",
        "gone",
        lambda _upgrade, row, _none: row["name"].endswith("an integration sees what it filed"),
        "which cases it might read",
    ),
    (
        "rule_group_rel",
        "gone",
        lambda u, row, _none: not u.after.row("ir_rule", row["rule_group_id"]),
        "whom such a rule was for",
    ),
    # one mixin makes the chains of events, of cases, accounts and appeals
    ("ir_model_fields", "help", _is_named("event_head"), "said for all of them"),
    (
        "water_account",
        "event_count",
        lambda u, _before, after: (after["event_count"] or 0) == u.account_events[after["id"]],
        "accounts count their events, too",
    ),
    *(
        (
            f"water_{owner}_event",
            "payload_seal",
            lambda _upgrade, _before, after: after["payload_seal"] is None,
            "events can be erased against a seal, too",
        )
        for owner in ("account", "appeal")
    ),
]

EXPECTED = ALWAYS + SINCE_FIRST
