"""Keeps callers' numbers, keys in links, and who files without a name out of the log (S2.2.4)."""

import logging
import re

from .keys import keyless

#: The screen-pop address carries who calls; the log of requests would keep it.
_CALL = re.compile(r"(/water/call\?)[^\s\"']*")
#: Anonymous visitors: address and time together would identify them.
_NAMELESS = re.compile(
    r"^\S+ - - \[[^\]]*\](?=[^/]{0,20}(?:/[a-z]{2}(?:_[A-Z]{2})?)?/water/(?:report|track)\b)"
)


class CallFilter(logging.Filter):
    """Masks the query of the screen-pop address, keys, and the addresses of nameless people."""

    def filter(self, record):
        """Let the record through, masked.

        :param record: a logging record
        """
        message = record.getMessage()
        masked = keyless(_CALL.sub(r"\1***", message))
        masked = _NAMELESS.sub("- - - [-]", masked)
        if masked != message:
            record.msg, record.args = masked, ()
        return True


def install():
    """Put the filter on the logs of requests and of what went wrong with them, once."""
    for name in ("werkzeug", "odoo.http"):
        logger = logging.getLogger(name)
        if not any(isinstance(old, CallFilter) for old in logger.filters):
            logger.addFilter(CallFilter())
