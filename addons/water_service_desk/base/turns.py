"""Of two who do at the same moment what only one may do, one starts again."""

from psycopg2.errors import SerializationFailure

from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL, mute_logger


def meet(records):
    """Have this transaction collide with any other one that meets the same rows.

    What follows from other rows, such as who has approved or how many come at one time, is seen as
    it was when the transaction began. A lock does not help: whoever gets it after the other one has
    ended still sees the time before. A row that was written meanwhile does: the database refuses
    it, and Odoo starts the request again, which then sees everything.

    :param records: what the decision is about; nothing of them changes
    """
    if records.ids:
        table = SQL.identifier(records._table)
        write = SQL("UPDATE %s SET write_uid = write_uid WHERE id IN %s", table, tuple(records.ids))
        records.env.cr.execute(write)


def hold(records):
    """Have what is asked of these rows stay true until this transaction has ended.

    For what belongs to something that others may end meanwhile: a file of a case that is archived,
    an answer in a call that is finished. They wait until this one has ended; where they were first,
    this one starts again and sees it. Nothing is written, so that two who add something to the same
    case wait for each other and go on. All take many in one order: none has what the other needs.

    :param records: whose state the caller asks next
    """
    if records.ids:
        table = SQL.identifier(records._table)
        query = "SELECT 1 FROM %s WHERE id IN %s ORDER BY id FOR NO KEY UPDATE"
        records.env.cr.execute(SQL(query, table, tuple(records.ids)))


def share(records):
    """The same as :func:`hold`; any number may do so at once, such as give work to a department.

    Whoever changes the rows waits for them all. He has looked before, so that he does not see what
    they have added: he asks :func:`unseen`.

    :param records: whose state the caller relies on
    """
    if records.ids:
        table = SQL.identifier(records._table)
        query = "SELECT 1 FROM %s WHERE id IN %s ORDER BY id FOR SHARE"
        records.env.cr.execute(SQL(query, table, tuple(records.ids)))


def unseen(model, domain):
    """What others have added since this transaction began, once it has waited for them.

    :param model: an empty recordset
    :param domain: what is asked for
    :return: ids of the rows that this transaction does not see
    """
    rows = model.browse(_now(model, domain))
    return set((rows - rows.exists()).ids)


def _now(model, domain):
    """Ids of the rows as all others see them, once this one has waited for those before it."""
    model.env.flush_all()  # from here on others wait for what was changed
    with model.env.registry.cursor() as cr:
        return model.with_env(model.env(cr=cr)).search(domain).ids


def overtaken(records, model, domain):
    """Whether somebody has added rows about these records while this transaction did the same.

    For what happens once and has two witnesses: started again, the second one would add it too.

    :param records: what it is about; from here on this transaction has them alone
    :param model: an empty recordset of what is added
    :param domain: which of its rows are about the records
    """
    records.env.flush_all()  # what collides with it is no witness: it starts again
    try:
        with records.env.cr.savepoint(flush=False), mute_logger("odoo.sql_db"):
            meet(records)
    except SerializationFailure:
        if unseen(model, domain):
            return True
        raise  # it was something else: start again, and see it
    return False


def look_again(model, domain):
    """Start again where others have committed what this transaction goes by, and does not see.

    :param model: an empty recordset
    :param domain: what the caller counts, once he has written what keeps others from adding to it
    """
    missed = model.browse(_now(model, domain)) - model.search(domain)
    known = missed.exists()
    hold(known)  # written by others since this one began: the database refuses it
    if missed - known:
        raise ConcurrencyError(f"{model._name}: others have added to it")
