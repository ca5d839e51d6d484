"""Who may do what with what comes in by the interface and by mail, and with webhooks."""

_SUPERVISED = """
                        own  company
    supervisor,manager  r    -
    foreign             -    r
"""

_MANAGED = """
             own  company
    manager  r    -
    foreign  -    r
"""

DOORS = {
    "water.api.entry": _SUPERVISED,
    "water.api.customer": _MANAGED,
    # the calls of one key, whoever's
    "water.api.call": """
                         own
        manager,foreign  r
    """,
    # written by system administrators, who have no role of ours
    "water.webhook": _MANAGED,
    "water.webhook.delivery": _SUPERVISED,
    # "other" became a case: an agent sees the case then, not the mail
    "water.inbound.mail": """
                            own  other  company
        agent               r    -      -
        supervisor,manager  r    r      -
        foreign             -    -      r
    """,
}
