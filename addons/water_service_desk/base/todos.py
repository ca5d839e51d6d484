"""To-dos that the system makes: each ends when what it asks is done, whoever did it and however."""

from .trust import trusted


def open_todos(records, *kinds):
    """The open to-dos that the system has made about ``records``, whoever has them.

    :param records: of one model with a thread
    :param kinds: external ids of types of to-dos
    :return: mail.activity with superuser rights
    """
    # sudo: mail.activity - they bind whoever has them
    todos = records.env["mail.activity"].sudo()
    if not (records and kinds):
        return todos
    known = records.env["ir.model.data"].sudo()
    types = [known._xmlid_to_res_id(kind) for kind in kinds]
    about = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
    asked = [("activity_type_id", "in", types), ("automated", "=", True)]
    return todos.search(about + asked)


def end_todos(records, *kinds):
    """What was asked about ``records`` is done, or is asked no more: nobody has it to do.

    What people have planned for themselves or for each other is left to them.
    """
    todos = open_todos(records, *kinds)
    if todos:
        trusted(todos).unlink()
