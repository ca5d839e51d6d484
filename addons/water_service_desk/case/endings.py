"""How cases end of which nothing was found: no rate, list of causes or assessment counts them."""

NOT_JUDGED = ("withdrawn", "merged", "rejected")
#: of all types: a question that became a complaint is judged as that
NOT_JUDGED_OF_ALL = (*NOT_JUDGED, "converted")
