"""Differences that an upgrade may make in the rows of a database, each with its reason.

Any other difference fails ``test_upgrade.py``, as does a line of ``SINCE_RELEASE`` that no row
needs; that list is emptied with each release.
"""

from functools import cached_property

from stored_rows import ACTIONS, table_of

OUR_MODULES = ("water_service_desk", "water_complaints", "water_compensation")
OUR_MODULES += ("water_quality", "water_quality_compensation")


class Upgrade:
    """stored data before and after, and in a new database; used by the conditions below"""

    def __init__(self, before, after, fresh):
        self.before = before
        self.after = after
        self.fresh = fresh

    @cached_property
    def brought(self):
        """The XML ids that the present code brings."""
        rows = self.fresh.rows("ir_model_data")
        return {f"{row['module']}.{row['name']}" for row in rows if row["module"] in OUR_MODULES}

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


def _is_ours(upgrade, before, _after):
    return (upgrade.before.name("ir_ui_view", before["id"]) or "").split(".")[0] in OUR_MODULES


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
#: changes by the present code to databases of the last release; in the same form
SINCE_RELEASE = []
