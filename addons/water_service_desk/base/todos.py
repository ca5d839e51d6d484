"""To-dos created by the system: each closes when its request is met."""

from .trust import trusted


def open_todos(records, *kinds):
    """Return the system's open to-dos about ``records``, of all users.

    :param records: of one model with a thread
    :param kinds: external ids of types of to-dos
    :return: mail.activity with superuser rights
    """
    # sudo: mail.activity - to-dos of all users
    todos = records.env["mail.activity"].sudo()
    if not (records and kinds):
        return todos
    known = records.env["ir.model.data"].sudo()
    types = [known._xmlid_to_res_id(kind) for kind in kinds]
    about = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
    asked = [("activity_type_id", "in", types), ("automated", "=", True)]
    return todos.search(about + asked)


def end_todos(records, *kinds):
    """Close the system's to-dos about ``records``: done, or no longer needed.

    To-dos that users have planned stay.
    """
    todos = open_todos(records, *kinds)
    if todos:
        trusted(todos).unlink()
