"""The ways in which a case is born of another one."""

#: The same subject continued in a new case, since the old one is archived.
AGAIN = "again"
#: A part split off: of the same customer, or of another one.
PART, FOREIGN = "part", "foreign"
#: A question that turns out to be of another case type.
CONVERTED = "converted"

#: Wherever its customer is the same one.
SAME = (AGAIN, PART, CONVERTED)
WAYS = (*SAME, FOREIGN)
