"""Who may do what with sealed files and with the destruction of archived cases."""

_QUALITY = """
                                own  other  restricted  machine  company
    supervisor                  -    -      -           -        -
    quality,manager             r    r      r           r        -
    foreign                     -    -      -           -        r
"""

ARCHIVE = {
    "water.archive": _QUALITY,
    "water.destruction": """
                         own  company
        quality,manager  r    -
        foreign          -    r
    """,
    "water.destruction.line": _QUALITY,
    "water.hold.wizard": """
                         own  other
        manager,foreign  rwc  c
    """,
}
