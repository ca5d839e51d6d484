"""CPU and memory limits for rendering one document.

Each further nested box doubles the work: four hundred bytes in a letter would occupy a worker for
hours, and a scheduled action, which tries again, for ever. A background repeated every hundred
thousandth of a point has a hundred bytes, and took seven gigabytes.
"""

import ctypes
import os
import threading
import time
from contextlib import contextmanager

#: Seconds between two looks at clock and memory.
PACE = 0.1


class TooLongError(RuntimeError):
    """A document that takes more time or memory than it may."""


class _Stop(BaseException):
    """Ends the work; no ``except Exception`` of the work itself keeps it."""


@contextmanager
def within(seconds, size):
    """Let the block take so much of processor and memory.

    :param float seconds: of the processor, those of other threads not counted.
    :param int size: bytes by which the process may grow meanwhile, whichever thread takes them.
    :raises TooLongError: when the block has taken more.
    """
    thread = threading.get_ident()
    clock = time.pthread_getcpuclockid(thread)
    until, most = time.clock_gettime(clock) + seconds, _held() + size
    lock, ended = threading.Lock(), threading.Event()

    def watch():
        while not ended.wait(PACE):
            with lock:
                if not ended.is_set() and (time.clock_gettime(clock) > until or _held() > most):
                    _raise(thread, _Stop)

    threading.Thread(target=watch, name="pdf limit", daemon=True).start()
    try:
        yield
    except _Stop:
        words = f"a document took more than {seconds:g} seconds, or {size >> 20} megabytes"
        raise TooLongError(words) from None
    finally:
        with lock:  # withdraw an error that was raised but has not arrived yet
            ended.set()
            _raise(thread, None)


def _held():
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _raise(thread, error):
    error = ctypes.py_object(error) if error else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), error)
