"""Pages that read from a replica, and what they write down all the same."""

from psycopg2.errors import ReadOnlySqlTransaction


def need_primary(env):
    """Have a request that only reads begin again where it may write; nothing is done elsewhere.

    Asked before something is written down that happens once, such as the first look at a letter:
    the database would refuse it and put an error into the log.

    :raises ReadOnlySqlTransaction: by which Odoo knows
    """
    if env.cr.readonly:
        raise ReadOnlySqlTransaction("something is written down")
