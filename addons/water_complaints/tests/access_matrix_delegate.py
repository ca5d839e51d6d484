"""Who may do what with delegates of accounts and what became of them: written by the service."""

_DESK = """
                                      own  company
    agent,supervisor,quality,manager  r    -
    foreign                           -    r
"""

DELEGATES = {"water.account.delegate": _DESK, "water.account.event": _DESK}
