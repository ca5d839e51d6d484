"""The part of the access matrix that is about supervision from outside.

own      answered for by ``department``
company  of the second company
"""

SUPERVISION = {
    "water.supervision.finding": """
                                    own  company
        department                  rw   -
        supervisor,quality,manager  rwc  -
        foreign                     -    rwc
    """,
    "water.social.supervisor": """
                                    own  company
        supervisor                  r    -
        quality,manager             rwc  -
        foreign                     -    rwc
    """,
}
