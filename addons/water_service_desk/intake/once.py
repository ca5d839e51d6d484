"""A form that is sent twice at once is taken once."""

from contextlib import contextmanager

from psycopg2.errors import UniqueViolation

from odoo.exceptions import ConcurrencyError
from odoo.tools import mute_logger


@contextmanager
def sent_once(env):
    """Create in this block; the request is repeated if a duplicate request was faster.

    The new rows have to be flushed in it, under a unique index that ends with ``_submission_uniq``.

    :raises ConcurrencyError: which makes Odoo repeat the request; it then finds the other's rows
    """
    try:
        # that the twin was faster is no fault: the log keeps quiet about it
        with env.cr.savepoint(), mute_logger("odoo.sql_db"):
            yield
    except UniqueViolation as error:
        if not (error.diag.constraint_name or "").endswith("_submission_uniq"):
            raise
        raise ConcurrencyError(env._("This form has been sent already.")) from error
