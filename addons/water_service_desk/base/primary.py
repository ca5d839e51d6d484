"""Pages that read from a replica and still have to write."""

from psycopg2.errors import ReadOnlySqlTransaction


def need_primary(env):
    """Restart a read-only request on the primary; do nothing elsewhere.

    Called before a one-time write, such as the first view of a letter: the replica would refuse it
    and log an error.

    :raises ReadOnlySqlTransaction: which Odoo handles
    """
    if env.cr.readonly:
        raise ReadOnlySqlTransaction("something is written down")
