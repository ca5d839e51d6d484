"""Who may do what with money for customers.

Situations are those of the case, see ``access_matrix``; ``finance`` belongs to Odoo's own
invoicing group and has no role of ours.
"""

TABLES = {
    "water.compensation": """
                            own    other  restricted  machine  company
        agent               rwc    rwc    -           rwc      -
        supervisor,manager  rwc    rwc    rwc         rwc      -
        quality             r      r      r           r        -
        finance             rw     rw     rw          rw       -
        foreign             -      -      -           -        rwc
    """,
}
