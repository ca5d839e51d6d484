"""Who may do what with incidents and with what was told about them."""

TABLES = {
    "water.incident": """
                                         own  company
        agent,supervisor,manager         rwc  -
        department,department2,quality   r    -
        foreign                          -    rwc
    """,
    "water.incident.notice": """
                                                                 own  company
        agent,department,department2,supervisor,quality,manager  r    -
        foreign                                                  -    r
    """,
    "water.incident.tanker": """
                                       own   company
        agent,supervisor               rwc   -
        manager                        rwcu  -
        department,department2,quality r     -
        foreign                        -     rwcu
    """,
    # written to, read by nobody
    "water.incident.affected": """
        own  company
    """,
    "water.incident.kind": """
                                                         own
        agent,department,department2,supervisor,quality  r
        manager,foreign                                  rwcu
    """,
    "water.outage.minutes": """
                                                                 own  company
        agent,department,department2,supervisor,quality,manager  r    -
        foreign                                                  -    r
    """,
    "water.incident.contact": """
                                    own    other  restricted  machine  company
        agent                       r      r      -           r        -
        supervisor,quality,manager  r      r      r           r        -
        foreign                     -      -      -           -        r
    """,
}


def incident_tables(desk_dialog, desk_proposal):
    """The tables of incidents; the arguments are those of any dialog of the desk, and of one that
    proposes what it reads.
    """
    dialogs = {"water.incident.wizard": desk_proposal, "water.incident.wizard.line": desk_dialog}
    return {**TABLES, **dialogs}
