"""The steps of a case, in order: what follows its creation, a change, and an event.

The case types, and addons above, have rows of their own in tables of the same names
(``_new_steps``, ``_created_steps``, ``_reactions``, ``_event_steps``); :func:`base.tables.table`
joins them, those of the addon above last.
"""

from typing import NamedTuple


class Step(NamedTuple):
    """A method, and the field without which it is skipped (without a field it is always called)."""

    method: str
    field: str = ""


#: Before cases are created; the methods take the list of their values.
NEW = (
    "_prepare_number",
    "_prepare_anonymous",
    "_prepare_responsible",
    "_prepare_filed",
    "_prepare_order",
    "_prepare_claimed",
)

#: When the cases are there and their first event is logged; called for the cases with the field.
CREATED = (
    Step("_keep_own_matters"),
    Step("_start_first_clocks"),
    Step("_send_stage_mail"),
    Step("_keep_return_rule", "external_ref"),
    Step("_sign_orders", "external_state"),
    Step("_wake_allocation"),
    Step("_start_playbook", "user_id"),
)

#: Field that was written → methods, each called once with (values before, values).
CHANGED = {
    **dict.fromkeys(("subject", "description", "verbatim", "demand"), ("_on_words",)),
    **dict.fromkeys(("nature", "prejudgement", "channel_id"), ("_on_triaged",)),
    **dict.fromkeys(("household_count", "triage_reason"), ("_on_triaged",)),
    "category_id": ("_on_triaged", "_on_category", "_on_category_of_playbook"),
    "severity": ("_on_severity",),
    "legal_hold": ("_on_hold",),
    "first_responsible_id": ("_on_first_responsible",),
    "user_id": ("_on_assigned", "_on_handler_of_playbook"),
    "partner_id": ("_on_customer_named", "_on_customers_changed", "_on_another_customer"),
    "account_id": ("_on_customers_changed",),
    "stage_id": ("_on_waiting_stage",),
    "article_id": ("_on_article",),
    "article_trace": ("_on_article",),
    "published_attachment_ids": ("_on_published",),
    "external_ref": ("_on_order",),
    "external_due_at": ("_on_order",),
    "external_return_until": ("_on_return_limit",),
}

#: Kind of event → the event that webhooks tell.
WEBHOOKS = {
    "moved": "state_changed",
    "promised": "promise_changed",
    "clock_paused": "promise_changed",
    "clock_resumed": "promise_changed",
    "clock_extended": "promise_changed",
    "clock_replanned": "promise_changed",
    "visit_planned": "visit_changed",
    "visit_moved": "visit_changed",
    "visit_cancelled": "visit_changed",
    "file_published": "file_published",
}

#: Kind of event → methods that take (kind, naive UTC time); "" stands for every kind.
EVENTS = {
    "": ("_meet_clocks",),
    "contacted": ("_end_contact_todos",),
    "customer_message": ("_resume_clocks",),
    "closed": ("_void_work",),
    "withdrawn": ("_void_callbacks",),
    **dict.fromkeys(WEBHOOKS, ("_tell_event",)),
}
