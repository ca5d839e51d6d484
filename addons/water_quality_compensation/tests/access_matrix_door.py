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
    # keys and digests of all companies, no data of anybody; its lines are read by the system alone
    "water.anchor": """
                                 own
        quality,manager,foreign  r
    """,
    "water.anchor.line": """
                 own
        manager  -
    """,
    # read by system administrators, who have no role of ours
    "water.alarm": """
                 own
        manager  -
    """,
    "water.anchor.wizard": """
                                 own  other
        quality,manager,foreign  rwc  c
    """,
    # written by system administrators, who have no role of ours
    "water.webhook": _MANAGED,
    "water.webhook.delivery": _SUPERVISED,
    # "other" led to a case: an agent sees the calls of the cases that are open to him
    "water.call.record": """
                                    own  other  company
        agent                       -    r      -
        supervisor,quality,manager  r    r      -
        foreign                     -    -      r
    """,
    "water.call.import.wizard": """
                                    own  other
        supervisor,manager,foreign  rwc  c
    """,
    "water.table.import.wizard": """
                                          own  other
        agent,supervisor,manager,foreign  rwc  c
    """,
    # weights of words, read by the system alone, and how well they do
    "water.category.learning": _MANAGED,
    # "other" became a case: an agent sees the case then, not the mail
    "water.inbound.mail": """
                            own  other  company
        agent               r    -      -
        supervisor,manager  r    r      -
        foreign             -    -      r
    """,
}
