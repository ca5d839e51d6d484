"""Who may do what with statements, emergency words and the dialogs of registration."""

TABLES = {
    # NET's person is asked in each of them; he writes what he has to say to it
    "water.statement": """
                                own    other  restricted  machine  company
        agent                   r      r      -           r        -
        supervisor,manager      r      r      r           r        -
        quality                 r      r      r           r        -
        department              rw     rw     rw          rw       -
        foreign                 -      -      -           -        r
    """,
    "water.vexatious.wizard": """
                                    own  other
        supervisor,manager,foreign  rwc  c
    """,
    "water.recusal.wizard": """
                            own  other
        supervisor,manager  rwc  c
    """,
}


def register_tables(desk_dialog, desk_proposal, company_configuration):
    """The tables; the arguments are those of any dialog, of one that proposes what it reads in
    the case, and of any company's configuration.
    """
    #: to choose one of the company's people is nothing for another company's
    chooses = desk_dialog.replace(",foreign", "")
    return {
        "water.merge.wizard": desk_proposal,
        **TABLES,
        **dict.fromkeys(("water.triage.wizard", "water.convert.wizard"), desk_dialog),
        **dict.fromkeys(("water.report.wizard", "water.statement.wizard"), chooses),
        "water.emergency.word": company_configuration,
    }
