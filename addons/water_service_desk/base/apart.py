"""What a scheduled action does with many rows it does with each apart: what fails stops no other.

Odoo ends an action at its first error and rolls back what it did not commit. In its next turn the
same row fails again, and after some days the action is switched off for all.
"""

import logging

_logger = logging.getLogger(__name__)


#: What a step came to that has failed.
FAILED = object()


def apart(record, step, *arguments):
    """Take ``step(record, *arguments)``; where that fails it leaves nothing, and is reported.

    :param record: the row, or the rows, that it is about
    :param step: it must not commit
    :return: what it returns, or ``FAILED``
    """
    try:
        with record.env.cr.savepoint():
            return step(record, *arguments)
    except Exception:  # whatever it is: the others go on
        _logger.exception("%s failed with %s; the others go on", step.__name__, record)
        record.env.invalidate_all()
        return FAILED


def each_apart(records, step, *arguments):
    """Take a step with each of the records.

    :return: those with which it was done
    """
    return records.filtered(lambda record: apart(record, step, *arguments) is not FAILED)
