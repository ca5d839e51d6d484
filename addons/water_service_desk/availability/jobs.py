"""Scheduled actions outlive a restart of the database.

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

_logger = logging.getLogger(__name__)

#: Seconds between two tries.
PAUSE = 1


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


def _apart(spawn):
    @functools.wraps(spawn)
    def spawned(processes):
        if not _is_apart():
            spawn(processes)

    return spawned


def _is_apart():
    """Whether the websocket is a service of its own."""
    return os.environ.get("WATER_WEBSOCKET") == "apart"


def _is_complete(processes):
    """Whether a server without a websocket lacks nothing.

    Odoo misses it all the same, and asks the database each time before it would start it.
    """
    return (
        _is_apart()
        and len(processes.workers_http) >= processes.population
        and len(processes.workers_cron) >= config["max_cron_threads"]
    )


def install():
    """Make Odoo's two kinds of runners patient, and the server of processes, once."""
    if not hasattr(server.ThreadedServer.cron_thread, "__wrapped__"):
        server.PreforkServer.process_spawn = _patient_server(server.PreforkServer.process_spawn)
        spawn = server.PreforkServer.long_polling_spawn
        server.PreforkServer.long_polling_spawn = _apart(spawn)
        server.WorkerCron.start = _patient_process(server.WorkerCron.start)
        server.ThreadedServer.cron_thread = _patient_thread(server.ThreadedServer.cron_thread)
        # whoever ends looks through all that he has once more: ten seconds of a restart, for the
        # processes do so side by side
        atexit.register(gc.freeze)
