"""Scheduled actions outlive a restart of the database, and a clock that was ahead.

Odoo's threads end when they lose it, without a word and for good; its job processes end, and the
server that starts them anew asks the database first and ends with them. All wait until it is back.
"""

import atexit
import functools
import gc
import logging
import os
import time

import psycopg2

from odoo import sql_db
from odoo.service import server
from odoo.tools import config

from odoo.addons.base.models.ir_cron import IrCron, _intervalTypes

_logger = logging.getLogger(__name__)

#: Seconds between two tries.
PAUSE = 1
#: Actions that ran in the future by more than a 24th of their interval: an hour of a day. The
#: clocks of two machines may always differ by less than a minute.
AHEAD = """
    SELECT id, nextcall, interval_number, interval_type FROM ir_cron
     WHERE active AND lastcall > %(now)s
           + greatest(interval '1 minute', (interval_number || ' ' || interval_type)::interval / 24)
       FOR NO KEY UPDATE SKIP LOCKED
"""


def wait(is_wanted=lambda: True):
    """Return once the database server answers.

    :param is_wanted: asked before each try; when it says no, the waiting ends as well
    """
    is_told = False
    while is_wanted():
        try:
            sql_db.db_connect("postgres").cursor().close()
            return
        except psycopg2.OperationalError:
            if not is_told:
                _logger.warning("The database is away: scheduled actions wait.")
                is_told = True
            time.sleep(PAUSE)


def _patient_process(start):
    @functools.wraps(start)
    def started(worker):
        wait(lambda: worker.ppid == os.getppid())  # not beyond the server that it belongs to
        return start(worker)

    return started


def _patient_thread(run):
    @functools.wraps(run)
    def ran(threads, number):
        while True:
            wait()
            try:
                return run(threads, number)
            except psycopg2.Error:
                _logger.warning("Scheduled actions lost the database.", exc_info=True)

    return ran


def _patient_server(spawn):
    @functools.wraps(spawn)
    def spawned(processes):
        if _is_complete(processes):
            return None
        try:
            return spawn(processes)
        except psycopg2.OperationalError as error:  # in some seconds it is called again
            _logger.warning("The database is away, so no process is started: %s", error)

    return spawned


def set_back(cr):
    """Reschedule actions that ran while the database's clock was ahead.

    Otherwise they would wait until that time: for a day no one would hear of limits.

    :param cr: cursor of the caller
    """
    now = cr.now().replace(microsecond=0)
    cr.execute(AHEAD, {"now": now})
    for number, due, amount, kind in cr.fetchall():
        interval, wanted = _intervalTypes[kind](amount), due
        while wanted - interval > now:
            wanted -= interval
        cr.execute(
            "UPDATE ir_cron SET nextcall = %s, lastcall = %s WHERE id = %s", (wanted, now, number)
        )
        _logger.warning("Scheduled action %s ran ahead of time: it is due %s", number, wanted)


def _by_the_clock(ready):
    def by_the_clock(cr):
        set_back(cr)
        return ready(cr)

    return staticmethod(by_the_clock)


def _by_a_steady_clock(end_late):
    """Use a monotonic clock for Odoo's watchdog: a step of the wall clock would end all workers."""

    @functools.wraps(end_late)
    def ended(processes):
        now, wall = time.monotonic(), time.time()
        for worker in processes.workers.values():
            if worker.watchdog_time != getattr(worker, "water_heard_by_wall", None):  # heard since
                worker.water_heard = now
            worker.watchdog_time = wall - (now - worker.water_heard)
            worker.water_heard_by_wall = worker.watchdog_time
        end_late(processes)

    return ended


def _apart(spawn):
    @functools.wraps(spawn)
    def spawned(processes):
        if not _is_apart():
            spawn(processes)

    return spawned


def _is_apart():
    return os.environ.get("WATER_WEBSOCKET") == "apart"


def _is_complete(processes):
    """Return whether a server without a websocket is complete.

    Odoo counts the websocket as missing, and asks the database each time before starting it.
    """
    return (
        _is_apart()
        and len(processes.workers_http) >= processes.population
        and len(processes.workers_cron) >= config["max_cron_threads"]
    )


def install():
    """Make Odoo's two kinds of runners patient, and the server of processes, once."""
    if not hasattr(server.ThreadedServer.cron_thread, "__wrapped__"):
        # without a last garbage collection at exit: ten seconds of a restart, as all processes do
        # it at once
        atexit.register(gc.freeze)
        server.PreforkServer.process_spawn = _patient_server(server.PreforkServer.process_spawn)
        spawn = server.PreforkServer.long_polling_spawn
        server.PreforkServer.long_polling_spawn = _apart(spawn)
        end_late = server.PreforkServer.process_timeout
        server.PreforkServer.process_timeout = _by_a_steady_clock(end_late)
        server.WorkerCron.start = _patient_process(server.WorkerCron.start)
        server.ThreadedServer.cron_thread = _patient_thread(server.ThreadedServer.cron_thread)
        IrCron._get_all_ready_jobs = _by_the_clock(IrCron._get_all_ready_jobs)
