"""Keeps callers' telephone numbers out of the server's log (S2.2.4)."""

import logging
import re

#: The screen-pop address carries who calls; the log of requests would keep it.
_CALL = re.compile(r"(/water/call\?)[^\s\"']*")


class CallFilter(logging.Filter):
    """Masks the query of the screen-pop address in records of the request log."""

    def filter(self, record):
        """Let the record through, masked.

        :param record: a logging record
        """
        message = record.getMessage()
        if "/water/call?" in message:
            record.msg, record.args = _CALL.sub(r"\1***", message), ()
        return True


def install():
    """Put the filter on the log of requests, once."""
    logger = logging.getLogger("werkzeug")
    if not any(isinstance(old, CallFilter) for old in logger.filters):
        logger.addFilter(CallFilter())
