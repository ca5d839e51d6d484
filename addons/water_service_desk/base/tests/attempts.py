"""Thousands of attempts, at the price of what they really do."""

from contextlib import contextmanager
from unittest.mock import patch

#: Statements that leave the database as it was.
HARMLESS = ("SELECT", "SAVEPOINT", "RELEASE")


class Attempts:
    """One savepoint for many attempts.

    Most are refused before they have written anything: these cost no statement and leave what was
    read in the cache, as a savepoint of their own would not.
    """

    def __init__(self, env):
        self.env = env
        self._execute = env.cr.execute
        self._wrote = False
        self._savepoint = env.cr.savepoint()

    def execute(self, query, *args, **kwargs):
        """Execute a statement as the cursor would, and note whether it writes."""
        code = query if isinstance(query, str) else getattr(query, "code", "?")
        self._wrote = self._wrote or not code.lstrip().upper().startswith(HARMLESS)
        return self._execute(query, *args, **kwargs)

    @contextmanager
    def attempt(self, *, keep=False):
        """Run the block and flush it; take it back, if it fails or is not to be kept."""
        self._wrote = False
        try:
            yield
            self.env.flush_all()
        except BaseException:
            self._take_back()
            raise
        if not keep:
            self._take_back()
        elif self._wrote:
            self.close()
            self._savepoint = self.env.cr.savepoint()

    def _take_back(self):
        transaction = self.env.transaction
        if self._wrote or transaction.field_dirty or transaction.tocompute:
            self._savepoint.rollback()

    def close(self):
        """Keep changes that were not rolled back."""
        self._savepoint.close(rollback=False)


@contextmanager
def attempts(env):
    """Give ``Attempts`` for the statements tried within."""
    tried = Attempts(env)
    with patch.object(env.cr, "execute", tried.execute):
        yield tried
        tried.close()
