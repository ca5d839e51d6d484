"""The part of the access matrix that is about service quality.

own      done, about ``agent``, who also owns the corrective action
draft    about ``agent`` and not finished: he does not see it
other    about ``department2``
company  of the second company
"""

_MANAGED = """
                                own   company
    supervisor,quality          rwc   -
    manager                     rwcu  -
    foreign                     -     rwcu
"""

#: A done inspection is not changed by anybody.
_INSPECTION = """
                                own  draft  other  company
    agent                       r    -      -      -
    department2                 -    -      r      -
    supervisor,quality,manager  rc   rwc    rc     -
    foreign                     -    -      -      rc
"""


QUALITY = {
    "water.forbidden.phrase": """
                                      own
        agent,department,department2  r
        supervisor,quality            rwc
        manager,foreign               rwcu
    """,
    "water.skill": """
                                      own
        agent,department,department2  r
        supervisor,quality            rwc
        manager,foreign               rwcu
    """,
    "water.skill.user": """
                                    own  other  company
        agent                       r    -      -
        supervisor,quality,manager  rwc  rwc    -
        foreign                     -    -      rwc
    """,
    # ``agent`` took part
    "water.drill": """
                                    own  company
        agent                       r    -
        supervisor,quality,manager  rwc  -
        foreign                     -    rw
    """,
    # in force, so that nobody edits it; the draft is for those who keep the standards
    "water.staff.document": """
                                      own  draft  company
        agent,department,department2  r    -      -
        supervisor,quality,manager    rc   rwc    -
        foreign                       -    -      rwc
    """,
    "water.staff.signature": """
                                    own  other  company
        agent                       r    -      -
        supervisor,quality,manager  r    r      -
        foreign                     -    -      r
    """,
    # said by ``agent``; what others said is for supervisors and quality
    "water.phrase.hit": """
                                    own  other  company
        agent                       r    -      -
        supervisor,quality,manager  r    r      -
        foreign                     -    -      r
    """,
    "water.inspection.template": _MANAGED,
    "water.inspection.item": _MANAGED,
    "water.inspection.plan": _MANAGED,
    "water.inspection": _INSPECTION,
    # items come with the inspection: another one of its checklist is there already
    "water.inspection.line": """
                                    own  draft  other  company
        agent                       r    -      -      -
        department2                 -    -      r      -
        supervisor,quality,manager  r    rwc    r      -
        foreign                     -    -      -      r
    """,
    "water.inspection.wizard": """
                                                                 own  other
        agent,department,department2,supervisor,quality,manager  rwc  c
        foreign                                                  rwc  c
    """,
    "water.improvement": """
                                    own  other  company
        agent                       rw   -      -
        department2                 -    rw     -
        supervisor,quality,manager  rwc  rwc    -
        foreign                     -    -      rwc
    """,
}
