"""The ways in which a case is born of another one."""

#: The same matter under another number: what it was about is filed for good.
AGAIN = "again"
#: A part of it, split off: its customer's own, or somebody else's matter.
PART, FOREIGN = "part", "foreign"
#: What came in as a question is of another kind.
CONVERTED = "converted"

#: Wherever its customer is the same one.
SAME = (AGAIN, PART, CONVERTED)
WAYS = (*SAME, FOREIGN)
