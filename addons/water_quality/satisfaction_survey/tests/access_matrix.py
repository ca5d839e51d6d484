"""The part of the access matrix that is about satisfaction surveys.

own      of the first company
company  of the second company
"""

SURVEY = {
    "water.satisfaction.survey": """
                                    own  company
        supervisor,quality,manager  rwc  -
        foreign                     -    rwc
    """,
    "water.satisfaction.survey.line": """
                                    own  company
        supervisor,quality,manager  r    -
        foreign                     -    r
    """,
}
