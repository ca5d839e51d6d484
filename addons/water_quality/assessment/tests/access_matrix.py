"""The part of the access matrix that is about assessments.

own      open to objections, of the person ``department``
draft    not published yet
company  of the second company
"""

_SCHEME = """
                                             own   company
    agent,department,department2,supervisor  r     -
    quality                                  r     -
    manager                                  rwcu  -
    foreign                                  -     rwcu
"""

ASSESSMENT = {
    "water.assessment.scheme": _SCHEME,
    "water.assessment.item": _SCHEME,
    "water.assessment.step": _SCHEME,
    "water.assessment.rule": _SCHEME,
    # what is published is not edited
    "water.assessment": """
                         own  draft  company
        quality,manager  rc   rwc    -
        foreign          -    -      rc
    """,
    "water.assessment.line": """
                         own  draft  company
        department       r    -      -
        quality,manager  r    r      -
        foreign          -    -      r
    """,
    "water.assessment.result": """
                         own  draft  company
        department       r    -      -
        quality,manager  r    r      -
        foreign          -    -      r
    """,
    # by hand in a draft alone
    "water.assessment.entry": """
                         own  draft  company
        department       r    -      -
        quality,manager  r    rc     -
        foreign          -    -      r
    """,
    # the assessed objects, others decide
    "water.assessment.objection": """
                         own  company
        department       rc   -
        quality,manager  rw   -
        foreign          -    rc
    """,
    "water.assessment.addendum": """
                         own  company
        department       r    -
        quality,manager  r    -
        foreign          -    r
    """,
    "water.false.completion": """
                         own  company
        quality,manager  rw   -
        foreign          -    rw
    """,
}
