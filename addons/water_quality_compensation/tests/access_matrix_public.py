"""Who may do what with what the open doors keep."""

TABLES = {
    # keyed hashes whose key is forgotten: of use to whoever sets the limits, to nobody else
    "water.attempt": """
                         own
        manager,foreign  r
    """,
    # counted for the privacy log alone, and gone after the hour
    "water.privacy.seen": """
        own
    """,
    # keys by which telephones in the field are known to have sent something already
    "water.field.act": """
        own
    """,
    # a stranger's form before it is sent is nobody's business
    "water.filing.draft": """
        own
    """,
}
