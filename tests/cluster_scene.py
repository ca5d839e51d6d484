"""A cluster of the files that bin/cluster writes, under a crowd, while its parts are killed.

``cluster_scene.py SETTINGS.json RESULT.json``; tests/test_cluster.py starts it in namespaces of its
own, so that all its processes end with it.
"""

import json
import os
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from cluster_crowd import Crowd
from cluster_faults import Faults
from cluster_machines import Machines, settings_of, unit
from water.nodes import inventory, secret

ROOT = Path(__file__).parents[1]
#: Seconds for anything to come back.
PATIENCE = 120
#: All clocks of some new cases fall due one after the other, while something fails.
CLOCKS = """
    UPDATE water_deadline d SET due_at = due.at, planned_due_at = due.at, next_check_at = due.at,
        warn_at = due.at - interval '1 hour', warned_at = due.at - interval '1 hour'
    FROM (SELECT d.id, now() AT TIME ZONE 'UTC' + row_number() OVER () * interval '4 second' AS at
          FROM water_deadline d JOIN water_inquiry i ON i.id = d.inquiry_id
          WHERE i.verbatim LIKE '故障 {run}-%' AND d.kind = 'close' AND d.state = 'running'
          AND d.breached_at IS NULL LIMIT 10) AS due
    WHERE d.id = due.id RETURNING d.id
"""
#: What a new case of Odoo does for its scheduled actions, again and again: both jobs nodes look.
POKE = """
    INSERT INTO ir_cron_trigger (cron_id, call_at)
    SELECT id, now() AT TIME ZONE 'UTC' FROM ir_cron
    WHERE id = (SELECT res_id FROM ir_model_data WHERE name = 'ir_cron_sweep')
"""


class Scene(Faults):
    """The site and the faults made."""

    def __init__(self, settings):
        self.settings = settings
        self.folder = Path(settings["folder"])
        self.site = inventory.read(self.folder / "inventory.toml")
        self.machines = Machines(self.site, self.folder, settings["spaces"])
        self.words = secret.passwords(self.site)
        self.trust = ssl.create_default_context(cafile=self.site.secrets / "ca.crt")
        self.times, self.old = {}, []
        self.crowd = None

    def timed(self, what, work):
        """Do it and remember how long it took."""
        begun = time.monotonic()
        result = work()
        self.times[what] = round(time.monotonic() - begun, 1)
        return result

    # -- the way up -------------------------------------------------------------------------

    def up(self):
        """From files to a site that answers."""
        self.machines.connect([self.settings["mail"], *self.settings["sources"]])
        for node in self.site.of("etcd"):
            self._etcd(node)
        for node in self.site.of("postgresql"):
            self._patroni(node)
        self.timed("first primary", lambda: self.wait(self.primary, "a primary"))
        self.backup("stanza-create")
        self.timed("restore", self._restore)
        self.timed("replica", lambda: self.wait(self.is_whole, "a synchronous replica"))
        self._mail()
        for node in self.site.nodes:
            self._odoo(node)
        for node in self.site.of("proxy"):
            self._nginx(node)
        self.timed("pages", lambda: self.wait(self.all_well, "all web nodes"))

    def boot(self, name):
        """A machine has its power again."""
        node = self.machines.nodes[name]
        for starts in (self._etcd, self._patroni, self._odoo, self._nginx):
            starts(node)

    def _etcd(self, node):
        if "etcd" in node.roles:
            values = settings_of(self.folder / node.name / "etc/default/etcd")
            Path(values["ETCD_DATA_DIR"]).mkdir(mode=0o700, parents=True, exist_ok=True)
            self.machines.start(node.name, "etcd", ["etcd"], values)

    def _patroni(self, node):
        if "postgresql" in node.roles:
            for name in ("var/lib/postgresql", "run/postgresql", "var/log/pgbackrest"):
                (self.folder / node.name / name).mkdir(parents=True, exist_ok=True)
            config = self.folder / node.name / "etc/patroni/config.yml"
            self.machines.start(node.name, "patroni", ["patroni", config])

    def _mail(self):
        command = [self.settings["python"], self.settings["mailsink"], "--smtp-port", 1025]
        command += ["--host", self.settings["mail"], "--folder", self.folder / "mail"]
        self.machines.start("clients", "mail", command)

    def _odoo(self, node):
        kinds = [role for role in ("web", "jobs") if role in node.roles]
        if not kinds:
            return
        own = self.folder / node.name
        (own / "run").mkdir(exist_ok=True)
        (own / "var/lib/water-service").mkdir(parents=True, exist_ok=True)
        self.machines.start(
            node.name, "haproxy", ["haproxy", "-db", "-f", own / "etc/haproxy/haproxy.cfg"]
        )
        pool = ["pgbouncer", "-q", own / "etc/pgbouncer/pgbouncer.ini"]
        self.machines.start(node.name, "pgbouncer", pool)
        values = settings_of(own / "etc/water-service/environment")
        for kind in kinds:
            command, more = self._service(node, kind, values)
            self.machines.start(node.name, kind, command, {**more, **values})

    def _service(self, node, kind, values):
        here = {
            "/opt/water-service/venv/bin/python": self.settings["python"],
            "/usr/bin/odoo": self.settings["odoo"],
            "%d/odoo.conf": str(self.folder / node.name / "etc/water-service/odoo.conf"),
            "${WORKERS}": values["WORKERS"],
            "${JOBS}": values["JOBS"],
        }
        return unit(ROOT / f"config/systemd/water-{kind}.service", here)

    def migrate(self, node):
        """What ``water-upgrade`` does on a node."""
        values = settings_of(self._environment(node))
        command, more = self._service(node, "upgrade", values | {"WORKERS": "0"})
        log = (self.folder / "log" / f"{node.name}.upgrade.log").open("ab")
        command = [*self.machines.prefix(node.name), *command]
        subprocess.run(
            command, env={**os.environ, **more, **values}, check=True, stdout=log, stderr=log
        )

    def _nginx(self, node):
        if "proxy" not in node.roles:
            return
        own = self.folder / node.name
        (own / "run").mkdir(exist_ok=True)
        log = self.folder / "log/nginx-error.log"
        command = ["nginx", "-e", log, "-c", own / "etc/nginx/nginx.conf", "-g", "daemon off;"]
        self.machines.start(node.name, "nginx", command)

    def _restore(self):
        odoo = self.words["password_odoo"]
        self.sql(f"CREATE ROLE odoo LOGIN CREATEDB PASSWORD '{odoo}'", "postgres")
        self.sql("CREATE DATABASE water OWNER odoo TEMPLATE template0 LC_COLLATE 'C'", "postgres")
        fast = {"PGOPTIONS": "-c synchronous_commit=off -c maintenance_work_mem=128MB"}
        command = ["pg_restore", "-j2", "--no-owner", "--role=odoo", "-d", "water"]
        self._postgres([*command, self.settings["dump"]], fast)
        self.sql("ANALYZE")

    def backup(self, *what):
        """A command of pgBackRest where the primary is; its settings there."""
        name = self.primary()
        config = self.folder / name / "etc/pgbackrest.conf"
        command = [
            "pgbackrest",
            f"--config={config}",
            f"--stanza={self.site.name}",
            "--pg1-user=postgres",
            *what,
        ]
        command = [*self.machines.prefix(name), *command]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return config

    # -- asking -----------------------------------------------------------------------------

    def wait(self, is_so, what, seconds=PATIENCE):
        """Return what ``is_so`` gives as soon as it gives something."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = is_so()
            if found:
                return found
            time.sleep(0.3)
        raise AssertionError(f"{what} did not come within {seconds} s")

    def _ask(self, url, data=None, trust=None):
        try:
            trust = trust or (self.trust if url.startswith("https") else None)
            with urllib.request.urlopen(url, data, timeout=5, context=trust) as answer:
                return answer.status, answer.read().decode()
        except OSError:
            return 0, ""

    def status(self, url):
        """With which an address answers; 0 where nobody does."""
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def primary(self):
        """Name of the machine that takes writes, if there is one."""
        for node in self.site.of("postgresql"):
            if self._ask(f"https://{node.address}:8008/primary")[0] == 200:
                return node.name
        return None

    def members(self):
        """What Patroni tells."""
        for node in self.site.of("postgresql"):
            status, text = self._ask(f"https://{node.address}:8008/cluster")
            if status == 200:
                return json.loads(text)["members"]
        return []

    def is_whole(self):
        """Whether there is a primary, and every other one follows it at once."""
        found = {(member["role"], member["state"]) for member in self.members()}
        return found == {("leader", "running"), ("sync_standby", "streaming")}

    def is_well(self, node):
        """Whether the Odoo of a web node reaches the database."""
        url = f"http://{node.address}:8069/web/health?db_server_status=1"
        return self._ask(url)[0] == 200

    def all_well(self):
        """Whether all web nodes do."""
        return all(self.is_well(node) for node in self.site.of("web"))

    def _postgres(self, command, more=None):
        node = self.machines.nodes[self.primary() or self.site.of("postgresql")[0].name]
        way = {"PGHOST": node.address, "PGUSER": "postgres", "PGSSLMODE": "require"}
        way |= {"PGPASSWORD": self.words["password_postgres"], "PGCONNECT_TIMEOUT": "5"}
        done = subprocess.run(
            [str(arg) for arg in command],
            env={**os.environ, **way, **(more or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def sql(self, statement, database="water"):
        """Rows of texts, of the primary."""
        command = ["psql", "-X", "-Atq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement]
        return self._postgres(command).split()

    # -- one trial --------------------------------------------------------------------------

    def trial(self, number, faults):
        """A crowd files while parts fail; what became of it."""
        crowd = Crowd(self.settings | {"sources": self.settings["sources"][:5]}, f"r{number}")
        self.crowd = crowd
        crowd.begin()
        self.wait(lambda: len(crowd.ledger) >= self.settings["before"], "the first cases")
        clocks = self.sql(CLOCKS.format(run=crowd.run))
        over = threading.Event()
        poking = threading.Thread(target=self._poke, args=(over,), daemon=True)
        poking.start()
        for fault in faults:
            self.timed(f"{crowd.run} {fault}", getattr(self, f"fault_{fault}"))
            time.sleep(self.settings["after"])
        crowd.end()
        self.timed(f"{crowd.run} settled", lambda: self._settle(crowd.run, clocks))
        over.set()
        poking.join()
        cases = self._audit(crowd.run)
        if len(self.settings["trials"]) > 1:  # the next fault finds two of them
            self.timed(f"{crowd.run} whole", lambda: self.wait(self.is_whole, "the replica"))
        return {
            "faults": faults,
            "ledger": crowd.ledger,
            "seen": crowd.seen,
            "broken": crowd.broken,
            "clocks": len(clocks),
            "read": self.times.get("read without a primary"),
            "cases": cases,
            "old": self.old,
        }

    def _poke(self, over):
        while not over.wait(2):
            try:
                self.sql(POKE)
                self.sql("NOTIFY cron_trigger, 'water'", "postgres")
            except AssertionError:
                pass  # there is no primary now

    def _settle(self, run, clocks):
        told = f"SELECT 1 FROM water_deadline WHERE id IN ({','.join(clocks)})"
        told += " AND breached_at IS NULL LIMIT 1"
        waiting = f"SELECT 1 FROM mail_mail WHERE state = 'outgoing' AND email_to LIKE '{run}-%'"
        self.wait(lambda: self._finds_nothing(told), "the last clock")
        self.wait(lambda: self._finds_nothing(f"{waiting} LIMIT 1"), "the last mail")

    def _finds_nothing(self, statement):
        try:
            return not self.sql(statement)
        except AssertionError:
            return False  # there is no primary now

    def _audit(self, run):
        node = self.site.of("jobs")[0]
        command, more = self._service(node, "jobs", settings_of(self._environment(node)))
        python, odoo, _c, config = command[:4]
        values = settings_of(self._environment(node))
        done = subprocess.run(
            [
                *self.machines.prefix(node.name),
                python,
                odoo,
                "shell",
                "-c",
                config,
                "-d",
                "water",
                "--no-http",
                "--log-level=critical",
            ],
            input=(Path(__file__).parent / "cluster_audit.py").read_text(),
            env={**os.environ, **more, **values, "RUN": run},
            capture_output=True,
            text=True,
            check=False,
        )
        lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
        assert lines, done.stdout[-2000:] + done.stderr[-3000:]
        return json.loads(lines[0].removeprefix("RESULT "))

    def _environment(self, node):
        return self.folder / node.name / "etc/water-service/environment"


def play(settings):
    """The whole scene: what each trial showed, and how long all took."""
    scene = Scene(settings)
    begun = time.monotonic()
    try:
        scene.timed("up", scene.up)
        trials = [scene.trial(*row) for row in enumerate(settings["trials"])]
    finally:
        scene.machines.end()
    scene.times["all"] = round(time.monotonic() - begun, 1)
    return {"trials": trials, "times": scene.times}


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    found = play(json.loads(source.read_text()))
    target.write_text(json.dumps(found, ensure_ascii=False))
    os._exit(0)  # with the threads that keep programs up; the namespace takes the programs along
