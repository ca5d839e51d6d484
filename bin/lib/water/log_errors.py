"""Plugin of pytest: a test fails when Odoo logs an error that the test does not expect.

``assertLogs`` and ``mute_logger`` replace a logger's handlers, so errors they catch are not seen.
Records of other threads, such as the web server's, count for the running test.
"""

import logging

import pytest


class Collector(logging.Handler):
    """Keeps the errors that were logged since it was last asked."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.records = []

    def emit(self, record):
        """Keep a record of Odoo's."""
        if record.name.split(".")[0] == "odoo":
            self.records.append(record)

    def taken(self):
        """Return the records as text and forget them."""
        records, self.records = self.records, []
        return [self._text(record) for record in records]

    @staticmethod
    def _text(record):
        text = f"{record.name} {record.levelname}: {record.getMessage()}"
        text += f" ({record.pathname}:{record.lineno})"
        if record.exc_info:
            text += "\n" + logging.Formatter().formatException(record.exc_info)
        return text


COLLECTOR = Collector()


def pytest_configure():
    """Listen at the root logger, which sees everything that is not caught."""
    logging.getLogger().addHandler(COLLECTOR)


def _watched():
    COLLECTOR.taken()
    result = yield
    lines = COLLECTOR.taken()
    if lines:
        pytest.fail("Odoo logged an error:\n" + "\n".join(lines), pytrace=False)
    return result


# outermost, to include logs of fixtures and setUpClass
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup():
    """Watch ``setUpClass`` and the fixtures."""
    return (yield from _watched())


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call():
    """Watch the test."""
    return (yield from _watched())


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown():
    return (yield from _watched())
