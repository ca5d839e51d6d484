"""Final states without a result: rates, causes and assessment leave them out."""

NOT_JUDGED = ("withdrawn", "merged", "rejected")
#: of all types: a question that became a complaint is judged as that
NOT_JUDGED_OF_ALL = (*NOT_JUDGED, "converted")
