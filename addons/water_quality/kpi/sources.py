"""Countable models, and the fields that assign a row to its owner.

A row belongs to the department, user, zone or channel that the first filled field names: a missed
limit to who had the work when it broke, and to no department if it lay on the desk; a met one to
who has it.
"""

#: links from what belongs to a case to the three types of cases
LINKS = ("complaint_id", "inquiry_id", "request_id")
#: what figures are asked for by, in this order
DIMENSIONS = ("department", "zone", "channel", "person")
#: the field of a line for each of them
COLUMNS = {
    "department": "department_id",
    "zone": "zone_id",
    "channel": "channel_id",
    "person": "user_id",
}


def of_case(name):
    """The paths from a row to field ``name`` of its case, whichever type that is."""
    return tuple(f"{link}.{name}" for link in LINKS)


def _same(*names):
    return {name: (COLUMNS[name],) for name in names}


#: model and moment → (domain while it is to be done, hours before the moment by which it was to
#: be, or none): until then it runs, and is in no rate
RUNNING = {
    ("water.callback", "due_at"): ("[('state', '=', 'open')]", None),
    ("water.incident", "aware_at"): ("[('is_told_in_time', '=', False)]", "lead_needed"),
}

#: model → dimension → paths of which the first that is filled holds
SOURCES = {
    "water.any.case": _same(*DIMENSIONS),
    "water.complaint": _same(*DIMENSIONS),
    "water.inquiry": _same(*DIMENSIONS),
    "water.request": _same(*DIMENSIONS),
    "water.deadline": {
        "department": ("breached_department_id", "department_id"),
        "zone": ("zone_id",),
        "channel": of_case("channel_id"),
        "person": ("breached_user_id", *of_case("user_id")),
    },
    "water.dispatch": {
        "department": ("department_id",),
        "zone": of_case("zone_id"),
        "channel": of_case("channel_id"),
        "person": ("accepted_by_id",),
    },
    "water.callback": {
        "department": of_case("department_id"),
        "zone": of_case("zone_id"),
        "channel": of_case("channel_id"),
        "person": ("user_id",),
    },
    "water.visit": {
        "department": ("department_id",),
        "zone": of_case("zone_id"),
        "channel": of_case("channel_id"),
        "person": ("user_id",),
    },
    "water.incident": {"department": ("department_id",)},
    "water.outage.minutes": {"zone": ("zone_id",)},
    "water.inspection": {"department": ("department_id",), "person": ("user_id",)},
    "water.improvement": {"department": ("department_id",), "person": ("owner_id",)},
    "water.training.attendee": {"department": ("department_id",), "person": ("user_id",)},
    "water.call.statistic": {"department": ("department_id",)},
    "water.base.figure": {"department": ("department_id",), "zone": ("zone_id",)},
}
