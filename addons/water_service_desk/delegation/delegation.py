"""Rights that a holder may give a delegate, and the scope of the invitations' signatures."""

#: Fields of ``water.account.delegate``.
RIGHTS = ("sees_cases", "files_cases", "keeps_visits", "sees_money")
SCOPE = "water_service_desk.delegate"
OPEN_STATES = ("invited", "active")
