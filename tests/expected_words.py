"""What an upgrade from the release before changes in words: labels, in English and in Chinese.

The form of the lines is that of ``expected_differences.py``.
"""

import re

#: XML ids of complaints that belong to all cases now.
OF_ALL_CASES = re.compile(
    r"merge_wizard|water_repeat|__event__kind__|view_form_repeat$|_repeats_sane$|_case_event__kind__"
)
#: Names in the release before of what is called otherwise now.
WAS = {
    "Work Out Time Limits Again",
    "Take",
    "Tells a Calculation",
    "Vexatious Caller",
    "Vexatious Callers",
}

#: Odoo's modules that extend threads give a name of theirs to the thread of each new model, too.
THREADS = re.compile(r"model_inherit__water_\w+__mail_thread")

#: what demo data begins, which Odoo notes
TOLD_OF = ("water.incident", "water.satisfaction.survey", "water.supervision.finding")
#: Keys in links that customers are sent, which the staff read until now.
KEYS = re.compile(r"(/water/track/link/|/my/delegates/accept/)[A-Za-z0-9_~=-]+")


def _loses_keys(_upgrade, before, after):
    return after["body"] == KEYS.sub(r"\1***", before["body"] or "") != before["body"]


WORDS = [
    ("mail_message", "body", _loses_keys, "the staff reads the customer's link without its key"),
    ("water_message", "body", _loses_keys, "likewise"),
    (
        "ir_rule",
        "domain_force",
        lambda _u, row, _after: row["name"].startswith(("Appeal", "Event of an appeal", "Vote on")),
        "as closed as the complaint of whoever appeals",
    ),
    (
        "water_compensation",
        "origin_key",
        lambda _upgrade, row, after: re.fullmatch(
            rf"{row['origin_key']}:\d{{4}}-\d\d-\d\d", after["origin_key"]
        ),
        "the same bill of a leak is known again by both its days",
    ),
    (
        "ir_model_constraint",
        "definition",
        lambda _upgrade, row, _after: row["name"].endswith("_external_uniq"),
        "an order that was only returned may come again",
    ),
    (
        "ir_model_data",
        "new",
        lambda _upgrade, _none, row: THREADS.fullmatch(row["name"]),
        "another module's name for the thread of a new model",
    ),
    *(
        (table, column, None, "labels are translated anew, and some have another name")
        for table, column in (
            ("ir_model_fields", "field_description"),
            ("ir_model_fields", "help"),
            ("ir_model_fields_selection", "name"),
        )
    ),
    *(
        (table, column, None, "words that nobody has changed come with the upgrade")
        for table, columns in (
            ("data_recycle_model", "name"),
            ("ir_act_window", "help"),
            ("ir_actions", "help"),
            ("ir_model_constraint", "message"),
            ("mail_activity_type", "name"),
            ("mail_template", "body_html description name subject water_short_text"),
            ("resource_calendar", "name"),
            ("water_compensation_exemption_code", "evidence name source"),
            ("water_compensation_rule", "doubt name source"),
            ("water_customer_flag", "name"),
            ("water_forbidden_phrase", "suggestion"),
            ("water_guide", "eligibility name"),
            ("water_inspection_item", "name"),
            ("water_stage", "closing_script name public_name"),
        )
        for column in columns.split()
    ),
    *(
        (
            "mail_template",
            column,
            lambda _u, row, after, name=column: (
                row["model"] == "water.deadline"
                and after[name] == row[name].replace("._case()", "._message_case()")
            ),
            "whose appeal it is hears of its date, whose complaint was merged too",
        )
        for column in ("email_from", "email_to", "lang")
    ),
    *(
        (
            "ir_module_module",
            column,
            lambda _u, row, _after: row["name"].startswith("water_"),
            "the list of apps has it in Chinese",
        )
        for column in ("shortdesc", "summary")
    ),
    (
        "ir_model",
        "order",
        lambda _u, row, _after: row["model"] == "water.deadline.pause",
        "the one begun last comes first: its reason is told",
    ),
    *(
        (table, "name", lambda _u, row, _after: row["name"]["en_US"] in WAS, "in plain words")
        for table in ("ir_act_server", "ir_act_window", "ir_actions", "ir_model", "ir_ui_menu")
    ),
    (
        "ir_model_data",
        "gone",
        lambda _u, row, _after: (
            row["module"] == "water_complaints" and OF_ALL_CASES.search(row["name"])
        ),
        "merging and repeated contacts belong to all cases",
    ),
    (
        "ir_model_constraint",
        "module",
        lambda _u, row, _after: row["name"] == "res_company_water_repeats_sane",
        "likewise",
    ),
    (
        "ir_attachment",
        "new",
        lambda _u, _before, row: row["name"] == "spreadsheet_binary_data",
        "the sheets of the dashboards",
    ),
    (
        "mail_tracking_value",
        "new",
        lambda _u, _before, row: row["old_value_char"] in WAS,
        "Odoo keeps how its actions were called",
    ),
    (
        "ir_model_fields",
        "index",
        lambda _u, row, _after: (row["model"], row["name"]) == ("water.complaint", "confirmed_at"),
        "first pages count the satisfied of a month",
    ),
    # dossiers are laid out without a report of Odoo's
    *(
        (table, "gone", lambda _u, row, _none: row["name"]["en_US"] == "Dossier", "likewise")
        for table in ("ir_act_report_xml", "ir_actions")
    ),
    (
        "ir_ui_view",
        "gone",
        lambda _u, row, _none: (row["key"] or "").startswith("water_complaints.report_dossier"),
        "likewise",
    ),
    (
        "res_groups_report_rel",
        "gone",
        lambda u, row, _none: not u.after.row("ir_act_report_xml", row["uid"]),
        "likewise",
    ),
    ("mail_message", "new", lambda _u, _n, row: row["model"] in TOLD_OF, "of the demo"),
    ("ir_act_window", "context", None, "the log of looks leaves openings out at first"),
    ("ir_module_module", "reports_by_module", None, "work orders, bulletins and sheets"),
    ("data_recycle_model", "domain", None, "cases may be merged"),
    (
        "water_category",
        "public_questions",
        lambda _u, old, new: (
            new["public_questions"]["en_US"].replace("!", "") == old["public_questions"]["en_US"]
        ),
        "answers that ask for a call at once are marked",
    ),
]
