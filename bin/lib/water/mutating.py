"""bin/mutate: cosmic-ray puts faults into rooms, and the tests of each room have to fail.

A fault is one changed operator, number, decorator or the like. The last line is the share of faults
that tests noticed; those before it show the others. A comment ``# pragma: no mutate`` at the end of
a line keeps faults away from it. Odoo starts anew for each fault: count on one to three minutes.
"""

import argparse
import json
import random
import shutil
import sqlite3
from collections import Counter
from contextlib import closing

from . import packages, testing
from .odoo import CORE
from .place import Place, Stop, main, say
from .template import TEMPLATE, test_odoo

#: Files without rules.
APART = ["**/tests/**", "**/migrations/**", "**/report/**", "**/__init__.py", "**/__manifest__.py"]
LEFT = """
SELECT s.module_path, s.start_pos_row, r.diff, r.test_outcome, r.output
  FROM work_results r JOIN mutation_specs s USING (job_id)
 WHERE r.worker_outcome <> 'SKIPPED' ORDER BY 1, 2
"""


def _options():
    parser = argparse.ArgumentParser(prog="bin/mutate", description=__doc__)
    parser.add_argument("rooms", nargs="+", metavar="ROOM", help="addons/ADDON/ROOM, or a file")
    parser.add_argument("--sample", type=int, default=20, help="faults of each room (20)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same faults")
    parser.add_argument("--tests", nargs="*", default=[], help="paths of more tests")
    parser.add_argument("--limit", type=int, default=600, help="seconds of tests for a fault (600)")
    return parser.parse_args()


class Room:
    """The faults of one path below a copy of the addons, and the tests that have to notice them."""

    def __init__(self, odoo, options, path):
        self.odoo, self.options, self.path = odoo, options, path
        self.work = odoo.place.local / "mutate"
        self.config, self.session = self.work / "config.toml", self.work / "session.sqlite"

    def results(self):
        """Yield (file, line, diff, outcome, output) of each fault that was tried."""
        command = [self.odoo.python, "-m", "pytest", "-x", "-q", *testing.PLUGINS]
        command += [f"--odoo-config={self.odoo.config}", f"--odoo-database={TEMPLATE}"]
        command += [*testing.IN_ODOO, f"--basetemp={self.work}/pytest", *self._tests()]
        settings = {
            "module-path": self.path,
            "timeout": self.options.limit,
            "excluded-modules": APART,
            "test-command": " ".join(map(str, command)),
        }
        lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
        text = "\n".join(["[cosmic-ray]", *lines, "[cosmic-ray.distributor]", 'name = "local"'])
        self.config.write_text(f"{text}\n")
        self.session.unlink(missing_ok=True)
        self._run("cosmic-ray", "baseline", self.config)
        self._run("cosmic-ray", "init", self.config, self.session)
        self._run("cr-filter-pragma", self.session)
        with closing(sqlite3.connect(self.session)) as session:
            self._draw(session)
        self._run("cosmic-ray", "exec", self.config, self.session)
        with closing(sqlite3.connect(self.session)) as session:
            return session.execute(LEFT).fetchall()

    def _tests(self):
        path = self.work / self.path
        found = [room for room in (path, *path.parents) if (room / "tests").is_dir()]
        if not path.exists() or not found:
            raise Stop(f"{self.path} is no room with tests")
        return [found[0] / "tests", *self.options.tests]

    def _draw(self, session):
        """Leave so many faults, drawn by the seed, to be tried."""
        found = session.execute(
            "SELECT job_id FROM mutation_specs"
            " WHERE job_id NOT IN (SELECT job_id FROM work_results)"
            " ORDER BY module_path, operator_name, occurrence"
        ).fetchall()
        if not found:
            raise Stop(f"there is nothing in {self.path} to put a fault into")
        random.Random(self.options.seed).shuffle(found)
        rows = found[self.options.sample :]
        statement = "INSERT INTO work_results (job_id, worker_outcome) VALUES (?, 'SKIPPED')"
        session.executemany(statement, rows)
        session.commit()
        say(f"{self.path}: {len(found) - len(rows)} of {len(found)} faults")

    def _run(self, program, *args):
        place = self.odoo.place
        python = packages.environment(place, packages.MUTATION)
        library = {"PYTHONPATH": str(place.root / "bin" / "lib")}
        database = self.odoo.cluster.environment
        place.run(
            [python.parent / program, *args],
            log="mutate.log",
            failure=f"{program} {args[0]} failed for {self.path}",
            cwd=self.work,
            env=place.environment(**library, **database, WATER_TOTAL=str(self.work / "total")),
        )


def mutate():
    """Run the command; returns the exit code: 1 when a fault was not noticed."""
    options, place, counts = _options(), Place(), Counter()
    with test_odoo(place) as odoo:
        work = place.local / "mutate"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(place.root / "addons", work / "addons")
        shutil.copy(place.root / "pyproject.toml", work)
        paths = [CORE / "addons", work / "addons", place.root / "config" / "debian" / "addons"]
        odoo.configure(
            addons_path=",".join(map(str, paths)),
            http_interface="127.0.0.1",
            limit_memory_hard=0,
        )
        for room in options.rooms:
            for path, line, diff, outcome, output in Room(odoo, options, room).results():
                counts[outcome or "none"] += 1
                if outcome != "KILLED":
                    say(f"not noticed: {path}:{line} ({outcome})\n{diff or output}")
    noticed, total = counts["KILLED"], counts.total()
    say(f"==== {noticed} of {total} faults noticed: {noticed / total:.0%} ====")
    return int(noticed < total)


if __name__ == "__main__":
    main(mutate)
