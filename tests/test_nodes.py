"""The files that bin/cluster writes, without starting anything."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "bin" / "lib"))

from water.nodes import inventory, render, roll, secret  # noqa: E402 - found just above
from water.place import Stop  # noqa: E402

DELIVERED = (ROOT / "config/cluster/inventory.toml").read_text()


@pytest.fixture
def site(tmp_path):
    """The inventory as it is delivered, with secrets of its own."""
    (tmp_path / "inventory.toml").write_text(DELIVERED)
    found = inventory.read(tmp_path / "inventory.toml")
    secret.make(found)
    return found


@pytest.fixture
def written(site, tmp_path):
    """The folder of all machines."""
    render.render(site, tmp_path / "files")
    return tmp_path / "files"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('["etcd", "postgresql"]', '["postgresql"]', "with the role etcd"),
        ('[nodes.db3]\naddress = "10.88.0.13"', "[nodes.db3]\naddress = '10.88.0.12'", "same"),
        ('"10.88.0.32"', '"10.99.0.32"', "not in the network"),
        ('["jobs"]', '["job"]', "nobody knows"),
        ('["jobs"]', '["jobs", "web"]', "jobs1"),
        ('"required"', '"sometimes"', "watchdog"),
        ("[nodes.db1]", "[node.db1]", "no inventory"),
        ('["proxy"]', '["proxy", "etcd"]', "odd"),
        ("\n[size]", '\n[store]\nbucket = "water"\n[size]', "bucket, endpoint, region"),
    ],
)
def test_fragile_definition_is_refused(tmp_path, old, new, why):
    assert old in DELIVERED
    (tmp_path / "inventory.toml").write_text(DELIVERED.replace(old, new))
    with pytest.raises(Stop, match=why):
        inventory.read(tmp_path / "inventory.toml")


def test_secrets_are_made_once(site):
    before = {path.name: path.read_bytes() for path in site.secrets.iterdir()}
    secret.make(site)
    assert {path.name: path.read_bytes() for path in site.secrets.iterdir()} == before
    assert all(path.stat().st_mode & 0o77 == 0 for path in site.secrets.iterdir())
    authority = site.secrets / "ca.crt"
    for node in site.nodes:
        command = ["openssl", "verify", "-x509_strict", "-CAfile", authority]
        subprocess.run([*command, site.secrets / f"{node.name}.crt"], check=True)


def test_templates_hold_no_secret(site, written):
    words = set(secret.passwords(site).values())
    assert len(words) == len(secret.PASSWORDS)
    for path in sorted(path for path in written.rglob("*") if path.is_file()):
        text = path.read_text()
        if any(word in text for word in words) or "PRIVATE KEY" in text:
            assert path.stat().st_mode & 0o77 == 0, path
    for path in (ROOT / "config/cluster").iterdir():
        assert not any(word in path.read_text() for word in words)


def test_programs_take_their_files(site, written):
    for node in site.of("web"):
        config = written / node.name / "etc/haproxy/haproxy.cfg"
        text = config.read_text().replace("/etc/water-service/tls", str(site.secrets))
        config.write_text(re.sub("stats socket .*", "", text))
        done = subprocess.run(["haproxy", "-c", "-f", config], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    for node in site.of("postgresql"):
        settings = yaml.safe_load((written / node.name / "etc/patroni/config.yml").read_text())
        dcs = settings["bootstrap"]["dcs"]
        assert dcs["synchronous_mode"] and dcs["maximum_lag_on_failover"] == 1048576
        assert dcs["loop_wait"] + 2 * dcs["retry_timeout"] <= dcs["ttl"]
        assert settings["watchdog"]["mode"] == "required"
    jobs = (written / "jobs1/etc/water-service/odoo.conf").read_text()
    web = (written / "web1/etc/water-service/odoo.conf").read_text()
    assert "http_enable = False" in jobs and "db_replica_port" not in jobs
    assert "http_interface = 10.88.0.21" in web and "http_enable" not in web


def test_without_tls_nothing_speaks_of_it(site, tmp_path):
    site.tls = False
    render.render(site, tmp_path / "plain")
    for path in sorted(path for path in (tmp_path / "plain").rglob("*") if path.is_file()):
        text = path.read_text()
        assert "nginx" in path.parts or "https" not in text, path
        assert render.TLS not in text and "#tls" not in text, path


def test_backups_in_a_store(site, tmp_path):
    """Settings that pgBackRest takes, with a key that is in no file others may read."""
    site.store = {"endpoint": "store.invalid", "bucket": "kf", "region": "here"}
    with pytest.raises(Stop, match=r"store\.toml has to say"):
        render.render(site, tmp_path / "files")
    (site.secrets / "store.toml").write_text('key = "K1"\nsecret = "S1"\n')
    site.root = f"{tmp_path}/{{node}}/"
    render.render(site, tmp_path)
    path = tmp_path / "db1/etc/pgbackrest.conf"
    assert path.stat().st_mode & 0o77 == 0
    lines = path.read_text().splitlines()
    for line in ("type=s3", "path=/water", "s3-bucket=kf", "s3-key=K1", "s3-key-secret=S1"):
        assert f"repo1-{line}" in lines
    # it reads all of it, and looks for a store that no name leads to
    command = ["pgbackrest", f"--config={path}", "--stanza=water", "--io-timeout=1", "info"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "kf.store.invalid" in done.stdout + done.stderr, done.stdout + done.stderr


class _Hands(roll.Remote):
    """Machines as far as bin/cluster touches them; writes down the work.

    :param breaks: before which of the acts the caller is killed
    """

    def __init__(self, fails="", breaks=None):
        self.done, self.fails, self.breaks = [], fails, breaks
        names = ("web1", "web2", "jobs1", "jobs2")
        self.has = {name: ["old", "new"] for name in names}
        self.running, self.asked, self.tables = set(names), {"web1", "web2"}, "old"

    def _act(self, act, name):
        if len(self.done) == self.breaks:
            self.breaks = None
            raise KeyboardInterrupt
        self.done.append((act, name))
        if self.fails == f"{act} {name}":
            raise Stop("it did not work")
        if self.fails == f"away {act} {name}":
            raise roll.Away(f"{name} cannot be reached")

    def service(self, node, act, role):
        assert role in node.roles
        self._act(act, node.name)
        (self.running.discard if act == "stop" else self.running.add)(node.name)

    def version(self, node):
        return self.has[node.name][-1]

    def is_waiting(self, node):
        return len(self.has[node.name]) > 1

    def take(self, node):
        self._act("take", node.name)
        self.has[node.name] = ["new"]

    def give_back(self, node):
        self._act("give back", node.name)
        self.has[node.name] = ["old", "new"]

    def migrate(self, node):
        assert not self.asked and not {"web1", "jobs1", "jobs2"} & self.running, "somebody writes"
        before, self.tables = self.tables, "half"
        if self.fails != "half":
            self.tables = before if self.fails == "migrate web1" else "new"
        self._act("migrate", node.name)
        if self.fails == "half":
            raise Stop("it did not work")

    def steer(self, node, text):
        away = re.findall(r"server 10\.88\.0\.2(\d):8069 .* down;", text)
        self._act("steer", ",".join(away))
        self.asked = {"web1", "web2"} - {f"web{number}" for number in away}

    def serves(self, node):
        is_up = node.name in self.running and self.fails != f"dead {node.name}"
        return is_up and self.has[node.name][0] == self.tables


def _acts(text):
    return [tuple(part.strip().rsplit(" ", 1)) for part in text.split(";")]


def _upgrade(site, hands):
    roll.Rolling(site, hands, drain=0).upgrade()


def _is_done(hands):
    assert (hands.tables, hands.asked) == ("new", {"web1", "web2"})
    assert set(map(tuple, hands.has.values())) == {("new",)}
    return hands.running == set(hands.has)


def test_roll_restarts_one_after_the_other(site):
    """None is restarted that still gets requests, and never two at once."""
    hands = _Hands()
    hands.tables = "old"
    roll.Rolling(site, hands, drain=0).roll()
    expected = [("steer", "1"), ("restart", "web1"), ("steer", "")]
    expected += [("steer", "2"), ("restart", "web2"), ("steer", "")]
    assert hands.done == [*expected, ("restart", "jobs1"), ("restart", "jobs2")]


def test_roll_node_that_does_not_come_back_gets_no_requests(site, monkeypatch):
    monkeypatch.setattr(roll, "PATIENCE", 0)
    hands = _Hands(fails="dead web1")
    with pytest.raises(Stop, match="web1"):
        roll.Rolling(site, hands, drain=0).roll()
    assert hands.done == [("steer", "1"), ("restart", "web1")]


CLOSED = _acts("stop jobs1; stop jobs2; steer 1,2; stop web1")


def test_upgrade_closes_the_site_for_its_tables(site):
    hands = _Hands()
    _upgrade(site, hands)
    expected = [*CLOSED, *_acts("take web1; migrate web1; start web1; steer 2")]
    expected += [*_acts("stop web2; take web2; start web2"), ("steer", "")]
    for name in ("jobs1", "jobs2"):
        expected += [*_acts(f"stop {name}; take {name}; start {name}"), ("steer", "")]
    assert hands.done == expected
    assert _is_done(hands)


def test_upgrade_broken_off_anywhere_goes_on(site):
    whole = _Hands()
    _upgrade(site, whole)
    for number in range(len(whole.done)):
        hands = _Hands(breaks=number)
        with pytest.raises(KeyboardInterrupt):
            _upgrade(site, hands)
        _upgrade(site, hands)
        assert _is_done(hands), number


def test_upgrade_that_fails_gives_the_program_back(site, monkeypatch):
    monkeypatch.setattr(roll, "PATIENCE", 0)
    for fails in ("migrate web1", "take web1"):
        hands = _Hands(fails=fails)
        with pytest.raises(Stop, match="it did not work; the tables are as they were"):
            _upgrade(site, hands)
        assert (hands.tables, hands.asked) == ("old", {"web1", "web2"})
        assert hands.has["web1"] == ["old", "new"] and hands.running == set(hands.has)
    hands = _Hands(fails="half")
    with pytest.raises(Stop, match="neither old nor new"):
        _upgrade(site, hands)
    assert not hands.asked


def test_upgrade_touches_nothing_before_all_have_the_program(site):
    hands = _Hands()
    hands.has["jobs1"][1] = "newer"
    with pytest.raises(Stop, match="different programs"):
        _upgrade(site, hands)
    assert hands.done == []


def test_upgrade_leaves_a_change_that_may_go_on(site):
    """The way to the node broke while its tables were changed: they are not given back."""
    hands = _Hands(fails="away migrate web1")
    with pytest.raises(Stop, match="cannot be reached; the site stays closed: call this again"):
        _upgrade(site, hands)
    assert hands.done == [*CLOSED, *_acts("take web1; migrate web1")]


def test_upgrade_node_away_keeps_no_other_back(site):
    hands = _Hands(fails="away stop web2")
    with pytest.raises(Stop, match="web2 cannot be reached"):
        _upgrade(site, hands)
    assert hands.asked == {"web1"} and {"jobs1", "jobs2"} <= hands.running
    hands.fails = ""
    _upgrade(site, hands)
    assert _is_done(hands)


def test_programs_change_places_from_wherever_they_are(tmp_path):
    """The commands themselves, broken off between any two moves, or called twice."""
    places = {name: tmp_path / name for name in ("water", "water.next", "water.before")}

    def run(text):
        text = text.replace(roll.PROGRAM, f"{tmp_path}/water")
        return subprocess.run(["sh", "-c", text], check=True, capture_output=True, text=True).stdout

    def lay(**programs):
        for place in places.values():
            subprocess.run(["rm", "-rf", place], check=True)
        for name, program in programs.items():
            (places[name] / "addons").mkdir(parents=True)
            (places[name] / "addons" / "x.py").write_text(program)

    def there():
        files = {name: place / "addons/x.py" for name, place in places.items()}
        return {name: file.read_text() for name, file in files.items() if file.exists()}

    taken, given = {"water": "new", "water.before": "old"}, {"water": "old", "water.next": "new"}
    amid = {"water.before": "old", "water.next": "new"}
    for begun in (given, {**given, "water.before": "older"}, amid, taken):
        lay(**begun)
        run(roll.TAKE)
        assert there() == taken
    for begun in (taken, amid, given):
        lay(**begun)
        run(roll.GIVE_BACK)
        assert there() == given
    lay(**given)
    following = run(roll.VERSION)
    run(roll.TAKE)
    assert run(roll.VERSION) == following
    run(roll.GIVE_BACK)
    (places["water.next"] / "addons/x.py").write_text("other")
    assert run(roll.VERSION) != following


def test_a_machine_that_loses_its_power_is_noticed_within_a_minute(site, monkeypatch):
    """During a command as well: that connection is no longer closed."""
    told = []
    answer = subprocess.CompletedProcess([], roll.NOT_REACHED, "", "not responding")
    monkeypatch.setattr(roll.subprocess, "run", lambda args, **_more: told.extend(args) or answer)
    # which machine it is, and not what it was to be told
    with pytest.raises(roll.Away, match="^web1 cannot be reached: not responding$"):
        roll.Remote().version(site.of("web")[0])
    options = dict(word.split("=") for word in told if "=" in word)
    silence = int(options["ServerAliveInterval"]) * int(options["ServerAliveCountMax"])
    assert max(int(options["ConnectTimeout"]), silence) <= 60 and silence
