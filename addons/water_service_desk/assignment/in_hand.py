"""Open work in someone's hands: listed when a user leaves or a department closes."""


def in_hand(env, comodel):
    """Return ``[(model, field, domain of open rows)]`` of rows assigned to a ``comodel``.

    Models declare it as ``_in_hand = {"user_id": [("state", "in", OPEN_STATES)]}``; cases and
    dispatches are listed separately.

    :param comodel: ``res.users`` or ``water.department``
    """
    return [
        (name, field, domain)
        for name, model in env.items()
        for field, domain in getattr(model, "_in_hand", {}).items()
        if model._fields[field].comodel_name == comodel
    ]
