"""Work that is done to see what would become of it, and taken back whole."""

from contextlib import contextmanager


@contextmanager
def dry_run(env, really=False):
    """Take back all that the block writes, and whatever it has put off until the commit.

    Numbers of sequences are spent all the same; what the block returns must hold no records of
    its own. ``really`` leaves everything as it is: the same work, done.

    :param env: an environment
    :param really: whether it is no dry run
    """
    if really:
        yield
        return
    savepoint, later = env.cr.savepoint(), env.cr.postcommit
    waiting, data = len(later), dict(later.data)
    try:
        yield
    finally:
        savepoint.close(rollback=True)  # what waits for the end of the work is dropped with it
        env.invalidate_all(flush=False)
        while len(later) > waiting:
            later._funcs.pop()
        later.data.clear()
        later.data.update(data)
