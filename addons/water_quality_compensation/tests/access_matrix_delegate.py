"""Who may do what with delegates and changes of accounts, and their chains: written by services."""

_DESK = """
                                      own  company
    agent,supervisor,quality,manager  r    -
    foreign                           -    r
"""

DELEGATES = {
    "water.account.delegate": _DESK,
    "water.account.event": _DESK,
    "water.account.bill": _DESK,
    "water.account.reading": _DESK,
    "water.account.change": _DESK,
    "water.account.release.wizard": """
                                    own  other
        supervisor,manager,foreign  rwc  c
    """,
}
