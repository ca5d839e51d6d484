"""Faults that pass by themselves, and are no fault of the record at hand."""

import psycopg2


def is_passing(error):
    """Return whether ``error`` comes from the database or a disk, and may be gone at the next try.

    A lost connection, a full disk, a collision with another transaction.
    """
    return isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError | OSError)
