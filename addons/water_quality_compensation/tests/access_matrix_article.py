"""The part of the access matrix that is about articles.

own      published; ``department`` is the owner
other    the same owner's, taken back to draft; nobody deletes what was published once
company  published by the second company, where ``foreign`` is the manager
"""


def article_tables(evidence):
    """{model: table}; uses belong to cases and are evidence."""
    return {
        "water.article": """
                                own   other  company
            agent,department2   r     -      -
            department          rw    rw     -
            supervisor,quality  rwc   rwc    -
            manager             rwc   rwc    -
            foreign             -     -      rwc
        """,
        "water.article.version": """
                                        own  other  company
            agent,department2           r    -      -
            department                  r    r      -
            supervisor,quality,manager  r    r      -
            foreign                     -    -      r
        """,
        # everybody of the staff judges what is published, and reads what he or his article got
        "water.article.feedback": """
                                        own  other  company
            agent,department2           c    -      -
            department                  rc   rc     -
            supervisor,quality,manager  rc   rc     -
            foreign                     -    -      rc
        """,
        "water.article.use": evidence,
    }
