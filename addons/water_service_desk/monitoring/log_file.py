"""Goes on when the log file cannot be written or opened any more."""

import functools
import logging
from logging.handlers import WatchedFileHandler


def _patient(handler):
    emit = handler.emit

    @functools.wraps(emit)
    def emitted(record):
        try:
            emit(record)
        except OSError:  # opening failed: its folder is gone, full, or not ours
            handler.handleError(record)  # which tells the standard error; it is tried again

    handler.emit = emitted


def install():
    """Have Odoo's log file, which is opened anew when it was rotated, fail in silence, once."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, WatchedFileHandler) and not hasattr(handler.emit, "__wrapped__"):
            _patient(handler)
