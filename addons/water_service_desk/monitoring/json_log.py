"""The log as JSON, one record a line: `WATER_LOG=json`."""

import functools
import json
import logging
import os
import re
import threading
from datetime import UTC, datetime

from odoo import http

from ..privacy.masking import mask_phone

#: Valid request ids of the proxy.
_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
_MOBILE = re.compile(r"(?<![\d.])1[3-9]\d{9}(?!\d)")
_MAIL = re.compile(r"\b([\w.+-])[\w.+-]*(@[\w-]+\.[\w.-]*\w)")
#: Attribute of a thread with the id of its request.
_MARK = "water_request"


def masked(text):
    """Text without whole mobile numbers and mail addresses (S2.2.4).

    :param text: a message, or the trace of an error
    """
    return _MAIL.sub(r"\1***\2", _MOBILE.sub(lambda found: mask_phone(found[0]), text))


class JsonFormatter(logging.Formatter):
    """One object a line: when (UTC), how bad, who says what, in which request and database."""

    def format(self, record):
        """Return the line of a record."""
        thread = threading.current_thread()
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
            "pid": record.process,
            "database": getattr(thread, "dbname", None),
            "request": getattr(thread, _MARK, None),
        }
        if record.exc_info:
            told["error"] = masked(self.formatException(record.exc_info))
        return json.dumps({key: value for key, value in told.items() if value}, ensure_ascii=False)


def request_id(headers):
    """Return the request id of the proxy's header, or None.

    :param headers: of the request; ids of strangers only need the right form
    """
    name = headers.get("X-Request-Id", "")
    return name if _ID.fullmatch(name) else None


def _marked(begin):
    @functools.wraps(begin)
    def begun(request):
        name = request_id(request.httprequest.headers)
        setattr(threading.current_thread(), _MARK, name)
        begin(request)

    return begun


def install(environment=os.environ):
    """Write JSON from now on where the environment says so, once."""
    if environment.get("WATER_LOG") != "json":
        return
    for handler in logging.getLogger().handlers:
        handler.setFormatter(JsonFormatter())
    if not getattr(http.Request._post_init, "is_marked", False):
        http.Request._post_init = _marked(http.Request._post_init)
        http.Request._post_init.is_marked = True
