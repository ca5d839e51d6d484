"""Isolates each row of a scheduled action, so that a fault does not stop the others.

Odoo ends an action at its first error and rolls back what it did not commit. In its next turn the
same row fails again, and after some days the action is switched off for all.
"""

import logging

_logger = logging.getLogger(__name__)


#: Result of a step that has failed.
FAILED = object()


def run_isolated(record, step, *arguments):
    """Take ``step(record, *arguments)``; if it fails, roll it back and log it.

    :param record: the row or rows it is about
    :param step: it must not commit
    :return: its result, or ``FAILED``
    """
    try:
        with record.env.cr.savepoint():
            return step(record, *arguments)
    except Exception:  # any error: the others go on
        _logger.exception("%s failed with %s; the others go on", step.__name__, record)
        record.env.invalidate_all()
        return FAILED


def run_each_isolated(records, step, *arguments):
    """Take a step with each of the records.

    :return: those with which it was done
    """
    return records.filtered(lambda record: run_isolated(record, step, *arguments) is not FAILED)
