"""The part of the access matrix that is about trainings.

own      planned; attendance of the department ``department`` heads, taught by ``supervisor``
draft    proposed
company  of the second company
"""

TRAINING = {
    "water.training.plan": """
                                                 own  company
        agent,agent2,department,department2      r    -
        supervisor,quality,manager               rwc  -
        foreign                                  -    rwc
    """,
    "water.training": """
                                                 own  draft  company
        agent,agent2,department,department2      r    -      -
        supervisor,quality,manager               rwc  rwc    -
        foreign                                  -    -      rwc
    """,
    # nobody of himself
    "water.training.attendee": """
                                    own   draft  company
        agent                       r     r      -
        supervisor,quality,manager  rwc   rwc    -
        foreign                     -     -      rwc
    """,
    "water.training.source": """
                                    own   company
        supervisor,quality,manager  rc    -
        foreign                     -     rc
    """,
}
