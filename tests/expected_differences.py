"""What an upgrade from the release before may change in the rows of a database, and why.

What else is gone, new or different fails ``test_upgrade.py``, as does a line that nothing needs.
When ``bin/lib/water/release.py`` names another release, the second half goes, and its words.
"""

import re
from collections import Counter
from functools import cached_property
from itertools import product

from expected_words import WORDS
from stored_rows import ACTIONS, table_of

#: Views may be written otherwise; that they are those of a new database is compared as well.
OUR_MODULES = ("water_service_desk", "water_complaints")
#: Kept by the system, and now shown as such: the guard of kept fields goes by ``readonly``.
KEPT = {
    *product(
        ("water.case.mixin", "water.inquiry", "water.request", "water.complaint"),
        ("received_at", "company_id", "incident_id"),
    ),
    ("water.complaint", "archive_ids"),
    *(("water.leak.usage", "allowance_id"), ("water.standard.line", "standard_id")),
    ("water.resolution.action", "resolution_id"),
    *product(["water.compensation.exemption"], ("compensation_id", "incident_id")),
    *product(["water.compensation"], ("approval_ids", "correction_ids", "deadline_id")),
    *product(["water.compensation"], ("visit_id", "penalty_ids")),
}
APPEAL_DAYS = (
    "field_res_company__water_appeal_days",
    "field_res_config_settings__water_appeal_days",
)

#: Fields that are called, explained or asked for otherwise.
RENAMED = {
    ("water.incident", "kind"),
    ("water.incident", "family_ids"),
    ("water.incident.contact", "is_reached"),
    ("water.incident.wizard", "restored_at"),
    ("water.external.wizard", "due_at"),
    ("water.external.wizard", "text"),
    ("water.merge.wizard", "how"),
    ("water.dispatch", "case_time_left"),
    ("water.deadline.pause", "until"),
    *product(("res.company", "res.config.settings"), ("water_track_attempts",)),
    *(("water.call", "query"), ("water.inquiry", "answer"), ("water.request", "result")),
    *(("water.stage", "state"), ("water.phrase.hit", "name")),
}
GONE_VIEWS = {
    "water_complaints.water_complaint_view_kanban_appeal",
    "water_complaints.portal_choice",
    "water_complaints.portal_form_rest",
    "water_service_desk.portal_choice",
    "water_service_desk.call_overview",
    "water_service_desk.portal_form",
    *(f"water_service_desk.portal_form_{part}" for part in ("matter", "place", "rest")),
}
LOOSER = {
    *product(("water.account.event",), ("delegate_id", "partner_id")),
    ("water.call", "zone_id"),
}
GONE_FIELDS = {("water.call", "overview"), ("water.readback.wizard", "confirmed")}
SAID_OTHERWISE = re.compile("the supply is back|to see who calls|/odoo/water-")
NEW_CHOICES = ("kind", "start_on", "failure_code")
IN_FORCE = ("finding_final", "liability_final", "leaves_figures")


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

    def is_brought(self, table, row):
        """Tell whether the present code brings a new row: a new database has it, too."""
        if table == "ir_model_relation":
            return row["name"] in self.fresh.tables
        tables = ACTIONS.values() if table == "ir_actions" else [table]
        if "id" in row and {self.after.name(kind, row["id"]) for kind in tables} & self.brought:
            return True
        return any(
            self.after.name(other, number) in self.brought and not self.before.row(other, number)
            for other, number in self.after.linked(table, row)
        )

    def is_gone(self, row):
        """Tell whether what a row of ``ir_model_data`` names is gone."""
        return not self.after.row(table_of(row["model"]), row["res_id"])

    def field_of(self, choice):
        """The field that a row of ``ir_model_fields_selection`` is a choice of."""
        return self.before.row("ir_model_fields", choice["field_id"])


def _is_ours(upgrade, before, _after):
    return (upgrade.before.name("ir_ui_view", before["id"]) or "").split(".")[0] in OUR_MODULES


def _is_named(*names):
    return lambda _upgrade, before, after: (after or before)["name"] in names


def _is_day_calendar(_upgrade, before, _after):
    return (before["model"], before["name"]) == ("water.calendar.day", "calendar_id")


#: (table, what, condition for (upgrade, row before, row after) or None, reason)
ALWAYS = [
    ("orm_signaling_registry", "new", None, "tells other workers to load the models again"),
    ("ir_cron_trigger", "new", None, "Odoo asks for its own cleaning up after an upgrade"),
    ("ir_module_module", "latest_version", None, "the version that is installed now"),
    ("ir_module_module", "url", lambda _u, old, new: not (old["url"] or new["url"]), "empty again"),
    ("ir_module_module", "views_by_module", None, "a list of what is compared one by one"),
    ("ir_module_module", "menus_by_module", None, "likewise"),
    (
        "mail_message",
        "new",
        lambda _upgrade, _none, row: row["model"] in ("ir.actions.server", "ir.cron"),
        "Odoo notes that a scheduled action was made",
    ),
    ("ir_ui_view", "arch_prev", _is_ours, "what the view was before"),
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
    ("ir_module_module_dependency", "new", _is_named("auth_totp", "spreadsheet_dashboard"), "new"),
    ("ir_module_module_dependency", "gone", _is_named("rating"), "nothing here is of that app"),
    ("ir_model_data", "new", lambda _u, _n, row: row["name"].endswith("__rating_ids"), "likewise"),
    ("mail_template", "template_fs", None, "files have moved to rooms"),
    *(
        ("ir_ui_view", column, _is_ours, "each room brings its own part of a view, in its own file")
        for column in ("arch_fs", "arch_db", "inherit_id", "name", "priority")
    ),
    (
        "ir_ui_view",
        "gone",
        lambda upgrade, row, _none: upgrade.before.name("ir_ui_view", row["id"]) in GONE_VIEWS,
        "its parts have come to other rooms, or all doors share one form",
    ),
    (
        "ir_model_fields",
        "gone",
        lambda _upgrade, row, _none: (row["model"], row["name"]) in GONE_FIELDS,
        "a call shows cases to act on; the button of a read-back confirms it",
    ),
    *(
        (table, column, None, "rare steps stand in a dialog, or in the list alone")
        for table in ("ir_act_server", "ir_actions")
        for column in ("binding_model_id", "binding_view_types")
    ),
    *(
        ("ir_ui_menu", column, None, "rare lists and settings stand on pages of links")
        for column in ("parent_id", "parent_path", "action")
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
        lambda upgrade, before, _after: upgrade.field_of(before)["name"] in NEW_CHOICES,
        "kinds of events stand room by room; further choices stand among those there were",
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
    (
        "water_incident",
        "compensation_check_at",
        lambda _upgrade, before, _after: before["state"] == "restored",
        "its kind says what is owed: it is looked at once more",
    ),
    # incidents have kinds, and not all of them are about the supply
    *(
        (
            table,
            "help",
            lambda _upgrade, old, new: SAID_OTHERWISE.search(f"{old['help']}{new['help']}"),
            "an incident may be about bad water; one box takes more; empty lists offer an act",
        )
        for table in ("ir_act_window", "ir_actions")
    ),
    *(
        (
            "ir_model_fields",
            column,
            lambda _upgrade, before, _after: (before["model"], before["name"]) in RENAMED,
            "called, explained or asked for otherwise",
        )
        for column in ("help", "field_description", "required", "copied")
    ),
    (
        "ir_model_fields",
        "gone",
        lambda _upgrade, row, _none: (
            (row["model"], row["name"]) == ("water.incident.wizard", "case_count")
        ),
        "the dialog lists the cases",
    ),
    (
        "ir_model_fields_selection",
        "name",
        lambda _upgrade, before, _after: before["value"] == "restored",
        "the end of an incident, whatever its kind",
    ),
    (
        "mail_template",
        "body_html",
        lambda upgrade, before, _after: (
            upgrade.before.name("mail_template", before["id"])
            == "water_complaints.mail_template_incident"
        ),
        "when it is expected to be over, in the words of its kind",
    ),
    (
        "mail_template",
        "body_html",
        lambda _upgrade, before, after: (
            str(before["body_html"]).replace("object.subject", "object._customer_subject()")
            == str(after["body_html"])
        ),
        "a stranger's words are not sent on",
    ),
    (
        "ir_rule",
        "perm_create",
        lambda _upgrade, before, _after: before["name"].startswith("Complaint: not about oneself"),
        "a complaint about one's own unit is taken down, and handed on",
    ),
    # paths of actions are shared by all apps
    *(
        (
            table,
            "path",
            lambda _upgrade, before, after: after["path"] == f"water-{before['path']}",
            "other apps have actions with such paths",
        )
        for table in ("ir_act_window", "ir_actions")
    ),
    # special days belong to calendars
    *(
        (
            table,
            "help",
            lambda _upgrade, before, _after: "State Council" in str(before["help"]),
            "days are loaded into a calendar",
        )
        for table in ("ir_act_window", "ir_actions")
    ),
    ("ir_model_constraint", "definition", _is_named("water_calendar_day_date_uniq"), "bound"),
    ("ir_model_constraint", "definition", _is_named("water_escalation_notice_once"), "told anew"),
    ("resource_calendar", "water_own_days_only", None, "no day holds in all calendars"),
    ("ir_module_module", "description", None, "what it says of itself"),
    ("water_calendar_day", "calendar_id", lambda _u, old, _new: not old["calendar_id"], "bound"),
    ("ir_model_fields", "help", _is_day_calendar, "every day names its calendar"),
    ("ir_model_fields", "required", _is_day_calendar, "likewise"),
    ("ir_model_fields", "gone", _is_named("water_own_days_only"), "as above"),
    # the finding in force is stored: figures go by it
    *(
        (
            "ir_model_fields",
            column,
            lambda _upgrade, before, _after: before["name"] in IN_FORCE,
            "stored",
        )
        for column in ("store", "selectable")
    ),
    # bands may have decided, and are archived
    (
        "ir_model_access",
        "perm_unlink",
        _is_named("water.compensation.band manager"),
        "bands are archived, not deleted",
    ),
    # an event of an account need not be about a delegate, a caller need not have an account
    *(
        (
            "ir_model_fields",
            column,
            lambda _upgrade, before, _after: (before["model"], before["name"]) in LOOSER,
            "changes of accounts are events in their chains; a zone is known by the address, too",
        )
        for column in ("required", "related", "help", "on_delete", "selectable")
        + ("store", "copied", "readonly")
    ),
    # one mixin makes the chains of events, of cases, accounts and appeals
    ("ir_model_fields", "help", _is_named("event_head"), "said for all of them"),
    ("ir_model_fields", "selectable", _is_named("case_name"), "rows are found by the number"),
]

EXPECTED = ALWAYS + SINCE_FIRST + WORDS
