"""Serializes concurrent decisions: of two transactions, one starts again."""

from psycopg2.errors import SerializationFailure

from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL, mute_logger


def force_conflict(records):
    """Force a serialization conflict with other transactions on these rows (dummy UPDATE).

    Decisions that depend on other rows, such as approvals, read them as of the transaction's start.
    A lock does not help: after waiting, the old state is still seen. A written row does: the
    database refuses it, and Odoo repeats the request, which then sees everything.

    :param records: what the decision is about; their values stay
    """
    if records.ids:
        table = SQL.identifier(records._table)
        write = SQL("UPDATE %s SET write_uid = write_uid WHERE id IN %s", table, tuple(records.ids))
        records.env.cr.execute(write)


def lock_rows(records):
    """Lock these rows, so that their state holds until the end of the transaction.

    For additions to a record that others may close meanwhile: a file of a case being archived, an
    answer in a call being finished. The others wait; if they were first, this transaction starts
    again and sees it. Nothing is written, so that two additions to the same case only wait for each
    other. Rows are locked in one order, which avoids deadlocks.

    :param records: whose state the caller checks next
    """
    if records.ids:
        table = SQL.identifier(records._table)
        query = "SELECT 1 FROM %s WHERE id IN %s ORDER BY id FOR NO KEY UPDATE"
        records.env.cr.execute(SQL(query, table, tuple(records.ids)))


def share(records):
    """Lock these rows as :func:`lock_rows`, but shared with others who do the same.

    A transaction that changes the rows waits for all of them. It read before, so it does not see
    their additions: it calls :func:`unseen`.

    :param records: whose state the caller relies on
    """
    if records.ids:
        table = SQL.identifier(records._table)
        query = "SELECT 1 FROM %s WHERE id IN %s ORDER BY id FOR SHARE"
        records.env.cr.execute(SQL(query, table, tuple(records.ids)))


def unseen(model, domain):
    """Return what others have added since this transaction began, after waiting for them.

    :param model: an empty recordset
    :param domain: the rows in question
    :return: ids of the rows that this transaction does not see
    """
    rows = model.browse(_now(model, domain))
    return set((rows - rows.exists()).ids)


def _now(model, domain):
    """Return the ids of rows as others see them, after waiting for earlier transactions."""
    model.env.flush_all()  # from here on others wait for the changed rows
    with model.env.registry.cursor() as cr:
        return model.with_env(model.env(cr=cr)).search(domain).ids


def overtaken(records, model, domain):
    """Return whether others have added rows about these records concurrently.

    For one-time events with two witnesses: after a restart the second would add it again.

    :param records: what it is about; locked by this transaction from here on
    :param model: an empty recordset of the added rows
    :param domain: which of its rows are about the records
    """
    records.env.flush_all()  # what collides with it is no witness: it starts again
    try:
        with records.env.cr.savepoint(flush=False), mute_logger("odoo.sql_db"):
            force_conflict(records)
    except SerializationFailure:
        if unseen(model, domain):
            return True
        raise  # it was something else: start again, and see it
    return False


def restart_if_missed(model, domain):
    """Start again if others have committed rows that this transaction needs but does not see.

    :param model: an empty recordset
    :param domain: the rows that the caller counts, after writing what keeps others from adding
    """
    missed = model.browse(_now(model, domain)) - model.search(domain)
    known = missed.exists()
    lock_rows(known)  # written by others since this one began: the database refuses it
    if missed - known:
        raise ConcurrencyError(f"{model._name}: others have added to it")
