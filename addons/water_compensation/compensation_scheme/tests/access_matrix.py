"""Who may do what with the rules of compensation and with what they come to.

Situations are those of the case, see ``access_matrix``; ``finance`` belongs to Odoo's own
invoicing group and has no role of ours.
"""

_SHARED = """
                                                             own
    agent,department,department2,supervisor,quality,finance  r
    manager,foreign                                          rwcu
"""

#: Asked for by the desk, read by those who decide on money.
_ASKED = """
                        own    other  restricted  machine  company
    agent               rwc    rwc    -           rwc      -
    supervisor,manager  rwc    rwc    rwc         rwc      -
    quality,finance     r      r      r           r        -
    foreign             -      -      -           -        rwc
"""

#: Finance sees what comes of it.
_APPLIED = _ASKED.replace("quality,finance", "quality        ")

TABLES = {
    "water.compensation.profile": _SHARED,
    "water.compensation.exemption.code": _SHARED,
    "water.compensation.rule": """
                                                                 own   company
        agent,department,department2,supervisor,quality,finance  r     -
        manager                                                  rwcu  -
        foreign                                                  -     rwcu
    """,
    "water.setting.change": """
                         own  company
        manager,finance  r    -
        foreign          -    r
    """,
    "water.compensation.version": """
                                            own    other  restricted  machine  company
        agent                               r      r      -           r        -
        supervisor,manager,quality,finance  r      r      r           r        -
        foreign                             -      -      -           -        r
    """,
    "water.compensation.exemption": _ASKED,
    "water.leak.allowance": _APPLIED,
    "water.leak.usage": _APPLIED,
    "water.exemption.refuse.wizard": """
                            own  other
        supervisor,manager  rwc  c
    """,
}


def scheme_tables(desk_dialog):
    """The tables of schemes; ``desk_dialog`` is that of any dialog of the desk."""
    return {**TABLES, "water.entitlement.wizard": desk_dialog}
