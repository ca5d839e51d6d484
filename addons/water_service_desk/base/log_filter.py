"""Keeps callers' telephone numbers and the keys in links out of the server's log (S2.2.4)."""

import logging
import re

#: The screen-pop address carries who calls; the log of requests would keep it.
_CALL = re.compile(r"(/water/call\?)[^\s\"']*")
#: Whoever knows such an address opens a case, or a form before it is sent.
_KEY = re.compile(
    r"(/water/(?:track/link|report/check)/|/my/delegates/accept/|[?&](?:draft|access_token|token)="
    r"|(?:%2F|/)accept%2F)[^\s\"'/?&%]*"
)


class CallFilter(logging.Filter):
    """Masks the query of the screen-pop address, and keys, in records of the request log."""

    def filter(self, record):
        """Let the record through, masked.

        :param record: a logging record
        """
        message = record.getMessage()
        masked = _KEY.sub(r"\1***", _CALL.sub(r"\1***", message))
        if masked != message:
            record.msg, record.args = masked, ()
        return True


def install():
    """Put the filter on the logs of requests and of what went wrong with them, once."""
    for name in ("werkzeug", "odoo.http"):
        logger = logging.getLogger(name)
        if not any(isinstance(old, CallFilter) for old in logger.filters):
            logger.addFilter(CallFilter())
