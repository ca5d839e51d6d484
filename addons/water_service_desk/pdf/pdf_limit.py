"""So much of the processor's time may a document take.

A few nested boxes double the work with each one more: four hundred bytes in a letter would keep a
worker for hours, and a scheduled action, that makes the letter again, for ever.
"""

import ctypes
import threading
import time
from contextlib import contextmanager

#: Seconds between two looks at the clock.
PACE = 0.5


class TooLongError(RuntimeError):
    """A document that takes longer than it may."""


class _Stop(BaseException):
    """Ends the work; no ``except Exception`` of the work itself keeps it."""


@contextmanager
def within(seconds):
    """Let the block take so many seconds of the processor, those of other threads not counted.

    :param float seconds: the limit.
    :raises TooLongError: when the block has taken longer.
    """
    thread = threading.get_ident()
    clock = time.pthread_getcpuclockid(thread)
    until = time.clock_gettime(clock) + seconds
    lock, ended = threading.Lock(), threading.Event()

    def watch():
        while not ended.wait(PACE):
            with lock:
                if not ended.is_set() and time.clock_gettime(clock) > until:
                    _raise(thread, _Stop)

    threading.Thread(target=watch, name="pdf limit", daemon=True).start()
    try:
        yield
    except _Stop:
        raise TooLongError(f"a document took more than {seconds:g} seconds") from None
    finally:
        with lock:  # what was raised and has not arrived yet is taken back
            ended.set()
            _raise(thread, None)


def _raise(thread, error):
    """Have another thread raise ``error`` at its next step; None takes back what it has not."""
    error = ctypes.py_object(error) if error else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), error)
