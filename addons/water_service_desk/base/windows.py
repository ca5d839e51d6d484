"""Actions that buttons return, in one form."""

#: Actions after a message.
RELOAD = {"type": "ir.actions.client", "tag": "soft_reload"}
CLOSE = {"type": "ir.actions.act_window_close"}
#: No record has such a number.
LARGEST = 2**31


def form(record):
    """Return the action that opens the form of ``record``; its own access rules apply there."""
    return {
        "type": "ir.actions.act_window",
        "res_model": record._name,
        "res_id": record.id,
        "views": [(False, "form")],
    }


def dialog(model, title, context=None, record_id=False, view_id=False):
    """Return the action that opens a dialog.

    :param model: name of the dialog's model
    :param title: in the user's language
    :param context: defaults of its fields
    :param record_id: which record; none: a new one
    :param view_id: which form; none: the model's own
    """
    return {
        "type": "ir.actions.act_window",
        "name": title,
        "res_model": model,
        "res_id": record_id,
        "view_mode": "form",
        "views": [(view_id, "form")],
        "target": "new",
        "context": context or {},
    }


def chosen(value):
    """Return the numbers of records that a browser has sent, each once; None for anything else.

    :param value: of a JSON field
    """
    if not isinstance(value, list):
        return None
    if not all(type(number) is int and 0 < number < LARGEST for number in value):
        return None
    return list(dict.fromkeys(value))


def rows(model, title, domain, context=None, modes="list,form"):
    """Return the action that opens a list of records.

    :param model: name of the records' model
    :param title: in the user's language
    :param domain: which of them
    :param context: defaults and filters
    :param modes: the kinds of views, the first is shown
    """
    return {
        "type": "ir.actions.act_window",
        "name": title,
        "res_model": model,
        "view_mode": modes,
        "domain": domain,
        "context": context or {},
    }


def message(text, kind="success", title=None, then=None):
    """Return the action that shows a message; one that is no success stays until it is closed.

    :param text: in the user's language
    :param kind: ``success``, ``warning`` or ``danger``
    :param title: in the user's language
    :param then: what follows: ``RELOAD`` or ``CLOSE``
    """
    params = {"type": kind, "message": text, "sticky": kind != "success"}
    if title:
        params["title"] = title
    if then:
        params["next"] = dict(then)  # of its own: Odoo completes actions in place
    return {"type": "ir.actions.client", "tag": "display_notification", "params": params}
