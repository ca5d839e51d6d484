import os
import subprocess
import sys
from types import SimpleNamespace
from unittest.mock import MagicMock, patch

from odoo.service import server
from odoo.tests import BaseCase, tagged
from odoo.tools import config as server_config
from odoo.tools import mute_logger

from .. import jobs

#: Another one than that which tests may ask.
REGISTRY = "water.registry.of.a.server"


@tagged("post_install", "-at_install")
class TestProcesses(BaseCase):
    """The server of processes whose websocket is a service of its own (`water-web`)."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.dict(os.environ, WATER_WEBSOCKET="apart"))
        settings = {"http_enable": True, "max_cron_threads": 1}
        for module in (server, jobs):
            self.startPatcher(patch.object(module, "config", settings))
        self.registry = MagicMock()
        known = MagicMock(snapshot={REGISTRY: self.registry})
        self.startPatcher(patch.object(server, "Registry", MagicMock(registries=known)))
        self.closed = self.startPatcher(patch.object(server.sql_db, "close_all"))
        self.websocket = self.startPatcher(patch.object(server.subprocess, "Popen"))

    def _spawn(self, pages, jobs):
        """Processes started with these numbers: two for pages, one for jobs."""
        processes = server.PreforkServer.__new__(server.PreforkServer)
        processes.population, processes.long_polling_pid = 2, None
        processes.workers_http = dict.fromkeys(range(pages))
        processes.workers_cron = dict.fromkeys(range(jobs))
        started = []

        def worker_spawn(kind, workers):
            started.append(kind)
            workers[len(workers)] = None

        with patch.object(processes, "worker_spawn", worker_spawn):
            processes.process_spawn()
        return started

    def test_one_that_lacks_nothing_asks_no_database(self):
        """It checks every second, and would otherwise connect and log each time."""
        self.assertEqual(self._spawn(pages=2, jobs=1), [])
        self.registry.cursor.assert_not_called()
        self.closed.assert_not_called()

    def test_a_process_that_ended_is_started_anew(self):
        self.assertEqual(self._spawn(pages=1, jobs=1), [server.WorkerHTTP])
        self.assertEqual(self._spawn(pages=2, jobs=0), [server.WorkerCron])
        self.registry.check_signaling.assert_called()
        self.websocket.assert_not_called()


@tagged("post_install", "-at_install")
class TestWatch(BaseCase):
    """A worker that may be silent for 240 seconds, of a clock that is put forward or back."""

    def setUp(self):
        super().setUp()
        self.processes = server.PreforkServer.__new__(server.PreforkServer)
        self.worker = SimpleNamespace(watchdog_time=2000, watchdog_timeout=240)
        self.processes.workers = {7: self.worker}
        self.killed = []
        self.processes.worker_kill = lambda pid, _signal: self.killed.append(pid)

    def _look(self, monotonic, wall):
        clocks = MagicMock(**{"monotonic.return_value": monotonic, "time.return_value": wall})
        with (
            patch.object(jobs, "time", clocks),
            patch.object(server, "time", clocks),
            mute_logger("odoo.service.server"),
        ):
            self.processes.process_timeout()
        return bool(self.killed)

    def test_a_clock_that_is_put_forward_or_back(self):
        for jump in (0, 3600, -3600, 86400):
            with self.subTest(jump):
                self.setUp()
                self.assertFalse(self._look(50, 2000))
                self.assertFalse(self._look(50 + 239, 2239 + jump))
                self.assertTrue(self._look(50 + 241, 2241 + jump))

    def test_one_that_is_heard_of_by_the_new_clock(self):
        for jump in (3600, -86400):
            with self.subTest(jump):
                self.setUp()
                self.assertFalse(self._look(50, 2000))
                self.worker.watchdog_time = 2004 + jump
                self.assertFalse(self._look(54, 2004 + jump))
                self.assertFalse(self._look(54 + 239, 2243 + jump))
                self.assertTrue(self._look(54 + 241, 2245 + jump))


#: signal handlers of a process from before ours; called last
AT_THE_END = """
import atexit, gc, sys
atexit.register(lambda: print(gc.get_freeze_count() > 0))
from odoo.tools import config
config.parse_config(["--addons-path", sys.argv[1]])
from odoo.modules.module import initialize_sys_path
initialize_sys_path()
import odoo.addons.water_service_desk
"""


@tagged("post_install", "-at_install")
class TestEnd(BaseCase):
    def test_memory_is_not_scanned_at_the_end(self):
        """Python would, in each process: a service took ten seconds to stop, on two cores."""
        paths = ",".join(server_config["addons_path"])
        done = subprocess.run(
            [sys.executable, "-c", AT_THE_END, paths],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.stdout, "True\n", done.stderr)
