"""The part of the allow-list that is about several cases: split, linked, shared out, signed."""

#: What the interface does for integrations.
API = (
    *("accounts", "append", "appeal", "appeals", "appointment", "appointments", "articles"),
    *("bills", "bind", "bind_code", "categories", "confirm", "contest", "file", "files"),
    *("guides", "material", "materials", "outages", "readings", "report_balances"),
    *("report_bills", "report_calls", "report_readings", "states", "status", "submit"),
    *("submit_batch", "unbind", "withdraw_appeal"),
)
OPENS = "opens a window; the rules of what is shown there apply"
CASE = "is checked by each case of the dialog"
CUSTOMER = "opens a page, which asks the rules of all that it shows"
SIGNS = "needs whom the rule of signing names, never who wrote it"

#: Of every case.
BESIDE_CASES = {
    "action_batch": OPENS,
    "action_ask_signature": "needs the right to write an open case, and a rule of signing",
    "action_open_signatures": OPENS,
    "action_link_case": OPENS,
    "action_open_news": OPENS,
    "action_tell_news": OPENS,
    "action_open_origin": "needs the right to read the case it was split from",
    "action_open_related": OPENS,
    "action_open_splits": OPENS,
    "action_customer": CUSTOMER,
    "action_take_questions": "needs the desk, and the right to write the case",
    "action_split": "needs the desk, and the right to write an open case",
    "action_undo_split": OPENS,
}
#: Of what stands beside it.
BESIDE = {
    "water.table.import.wizard": {
        "action_again": "needs the right to write one's own dialog",
        "action_check": "as action_import, and takes it all back",
        "action_import": "needs the right to create such rows; each is made with these rights",
        "action_template": "needs the right to read one's own dialog",
    },
    "water.account": {"action_customer": CUSTOMER},
    "res.partner": {"action_water_customer": CUSTOMER},
    "water.customer": {"page": "needs staff who may read the record; all else by his rules"},
    "water.call.import.wizard": dict.fromkeys(
        ("action_check", "action_import"), "needs a supervisor"
    ),
    "water.request.step": {"action_done": "needs the desk or the step's department, in its turn"},
    "water.sign.off": {
        "action_refuse": SIGNS,
        "action_sign": SIGNS,
    },
    "water.matter.mixin": {"action_relate": OPENS},
    "water.case.split": {"action_open_part": "needs the right to read both"},
    "water.case.relation": {
        "action_open_child": "needs the right to read the case",
        "action_open_parent": "needs the right to read the case",
        "action_remove": "needs the desk, and the right to write both cases",
    },
    "water.split.wizard": {"action_split": CASE},
    "water.news.wizard": {"action_tell": CASE},
    "water.queue": {"action_allocate": "needs a manager"},
    "water.batch.wizard": {"action_do": CASE, "action_preview": CASE},
    "water.unsplit.wizard": {"action_undo": CASE},
    "water.convert.wizard": {"action_convert": CASE},
    "water.contact.wizard": {"action_log": CASE},
    "water.relation.wizard": {"action_link": CASE},
    "water.notice.wizard": dict.fromkeys(
        ("action_ask_signature", "action_preview", "action_send"), CASE
    ),
}
