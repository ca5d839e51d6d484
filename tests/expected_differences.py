"""What an upgrade from the release before may change in the rows of a database, and why.

Whatever else is gone, new or another one afterwards fails ``test_upgrade.py``, and so does a line
in here that nothing needs any more. When ``bin/lib/water/release.py`` names another release, the
second half goes.
"""

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
ARTICLES = ("article_id", "article_use_ids", "article_trace", "article_use_count")
NUMBERS = tuple(f"water_{case}_number_idx" for case in ("case_mixin", "inquiry", "request"))
NUMBERS += ("water_complaint_number_idx",)
APPEAL_DAYS = (
    "field_res_company__water_appeal_days",
    "field_res_config_settings__water_appeal_days",
)


class Upgrade:
    """What is stored before and after, and what the conditions below ask about it."""

    def __init__(self, before, after):
        self.before = before
        self.after = after

    @cached_property
    def gone_models(self):
        """The numbers of the abstract models that are gone."""
        return {
            row["id"]
            for row in self.before.rows("ir_model")
            if row["abstract"] and not self.after.row("ir_model", row["id"])
        }

    def is_gone(self, row):
        """Tell whether what a row of ``ir_model_data`` names is gone."""
        return not self.after.row(table_of(row["model"]), row["res_id"])

    def selects_in_gone(self, row):
        """Tell whether a choice belonged to a field of a model that is gone."""
        return self.before.row("ir_model_fields", row["field_id"])["model_id"] in self.gone_models


def _is_ours(upgrade, before, _after):
    return (upgrade.before.name("ir_ui_view", before["id"]) or "").split(".")[0] in OUR_MODULES


def _is_named(*names):
    return lambda _upgrade, before, after: (after or before)["name"] in names


#: (table, what, condition for (upgrade, row before, row after) or None, reason)
ALWAYS = [
    ("orm_signaling_registry", "new", None, "tells other workers to load the models again"),
    ("ir_cron_trigger", "new", None, "Odoo asks for its own cleaning up after an upgrade"),
    ("ir_module_module", "latest_version", None, "the version that is installed now"),
    ("ir_module_module", "url", lambda _u, old, new: not (old["url"] or new["url"]), "empty again"),
    ("ir_ui_view", "arch_prev", _is_ours, "what the view was before"),
]

SINCE_FIRST = [
    ("ir_ui_view", "arch_fs", _is_ours, "files have moved to rooms"),
    ("mail_template", "template_fs", None, "likewise"),
    ("ir_ui_view", "arch_db", _is_ours, "each room brings its own part of a view"),
    # mixins with one heir became extensions in place
    ("ir_model", "gone", lambda _upgrade, row, _none: row["abstract"], "such a mixin"),
    ("ir_model_fields", "gone", lambda u, row, _: row["model_id"] in u.gone_models, "its field"),
    ("ir_model_fields_selection", "gone", lambda u, row, _: u.selects_in_gone(row), "its choice"),
    ("ir_model_constraint", "gone", lambda u, row, _: row["model"] in u.gone_models, "its check"),
    (
        "ir_model_inherit",
        "gone",
        lambda u, row, _: {row["model_id"], row["parent_id"]} & u.gone_models,
        "its heir, or what it was an heir of",
    ),
    ("ir_model_data", "gone", lambda u, row, _: u.is_gone(row), "the name of any of these"),
    # what the mixins brought is said elsewhere
    ("ir_model", "info", None, "the docstring of the class that comes first"),
    (
        "ir_model",
        "name",
        lambda _upgrade, before, _after: before["model"] == "water.guard.mixin",
        "a capital letter",
    ),
    (
        "ir_model_fields",
        "new",
        lambda _upgrade, _none, row: row["model"] == "water.case.mixin" and row["name"] in ARTICLES,
        "articles of cases are fields of cases, no longer of a mixin",
    ),
    ("ir_model_constraint", "new", _is_named(*NUMBERS), "numbers of cases have an index"),
    (
        "ir_model_inherit",
        "new",
        lambda upgrade, _none, row: (
            upgrade.after.row("ir_model", row["parent_id"])["model"] == "water.guard.mixin"
        ),
        "one guard honours readonly for cases, steps and parts of complaints",
    ),
    (
        "ir_model_fields",
        "readonly",
        lambda _upgrade, before, after: (
            after["readonly"] and (before["model"], before["name"]) in KEPT
        ),
        "kept by the system",
    ),
    # the days to appeal belong to complaints
    ("ir_model_data", "gone", _is_named(*APPEAL_DAYS), "they go from the service desk ..."),
    ("ir_model_data", "new", _is_named(*APPEAL_DAYS), "... to complaints"),
    *(
        (
            "ir_model_constraint",
            column,
            _is_named("res_company_water_limits", "res_company_water_appeals_sane"),
            "the check of the days goes with them",
        )
        for column in ("definition", "message")
    ),
    # the names of what is new
    (
        "ir_model_data",
        "new",
        _is_named(
            *(f"constraint_{name}" for name in NUMBERS),
            *(f"field_water_case_mixin__{name}" for name in ARTICLES),
        ),
        "named above",
    ),
    (
        "ir_model_data",
        "new",
        lambda _upgrade, _none, row: row["name"].startswith("model_inherit__water_"),
        "who inherits from whom is now said in the class itself",
    ),
    (
        "ir_model_data",
        "gone",
        lambda _upgrade, row, _none: (
            row["name"].startswith("model_inherit__")
            and row["name"].endswith("__mail_thread")
            and "water" not in row["name"]
        ),
        "a second name, which Odoo gives when it makes models of others again as it installs ours",
    ),
]

EXPECTED = ALWAYS + SINCE_FIRST
