"""Work that is done to see what would become of it, and taken back whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count

#: Gives the numbers of a dry run: those of the sequences are for what stays.
_numbers: ContextVar[Iterator[int] | None] = ContextVar("water_dry_run", default=None)


def dry_numbers(wanted):
    """Return numbers for a dry run, or None outside of one.

    :param wanted: how many
    """
    numbers = _numbers.get()
    return numbers and [f"?{next(numbers)}" for _number in range(wanted)]


@contextmanager
def dry_run(env, really=False):
    """Roll back all writes of the block, and its actions postponed to the commit.

    The block must not return records that it created. With ``really`` the block is committed as
    usual.

    :param env: an environment
    :param really: whether it is no dry run
    """
    if really:
        yield
        return
    savepoint, later = env.cr.savepoint(), env.cr.postcommit
    waiting, data = len(later), dict(later.data)
    outside = _numbers.set(count(1))
    try:
        yield
    finally:
        _numbers.reset(outside)
        savepoint.close(rollback=True)  # pending recomputations are dropped with it
        env.invalidate_all(flush=False)
        while len(later) > waiting:
            later._funcs.pop()
        later.data.clear()
        later.data.update(data)
