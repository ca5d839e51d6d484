"""What lies with somebody until it is done: asked when he leaves, or his department is closed."""


def in_hand(env, comodel):
    """``[(model, field, domain of what is open)]`` of all rows that lie with one of ``comodel``.

    A model says so in ``_in_hand = {"user_id": [("state", "in", OPEN_STATES)]}``; cases and
    dispatches are asked for by themselves.

    :param comodel: ``res.users`` or ``water.department``
    """
    return [
        (name, field, domain)
        for name, model in env.items()
        for field, domain in getattr(model, "_in_hand", {}).items()
        if model._fields[field].comodel_name == comodel
    ]
