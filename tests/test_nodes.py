"""What bin/cluster writes, without starting any of it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "bin" / "lib"))

from water.nodes import inventory, render, roll, secret, upgrade  # noqa: E402 - found just above
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
def test_what_would_not_survive_is_refused(tmp_path, old, new, why):
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
    """Machines as far as an upgrade touches them; writes down what is done.

    :param breaks: before which of the acts whoever calls is killed
    """

    def __init__(self, well=True, fails="", stays="", breaks=None):
        self.done, self.well, self.fails, self.stays = [], well, fails, stays
        self.breaks, self.acts = breaks, 0
        self.has, self.running, self.marks, self.away = {}, set(), {}, set()
        self.asked, self.tables = {"web1", "web2"}, "old"
        for name in ("web1", "web2", "jobs1", "jobs2"):
            self.has[name] = ["old", "new"]
            self.running.add((name, name[:-1]))

    def _act(self, *what):
        if self.acts == self.breaks:
            raise KeyboardInterrupt
        self.acts += 1
        if what[1:] and what[1] in self.away:
            raise roll.Away(f"{what[1]} is away")
        self.done.append(what)

    def restart(self, node, services):
        self._act("restart", node.name)

    def steer(self, node, text):
        away = re.findall(r"server ([\d.]+):8069 .* down;", text)
        self._act("steer", *away)
        self.asked = {f"web{n}" for n in (1, 2) if f"10.88.0.2{n}" not in away}

    def is_well(self, node):
        return self.well

    def stop(self, node, services):
        self._act("stop", node.name)
        self.running.discard((node.name, node.name[:-1]))

    def start(self, node, services):
        self._act("start", node.name)
        self.running.add((node.name, node.name[:-1]))
        assert self.has[node.name][0] == self.tables or "jobs" not in node.name

    def standing(self, node):
        if node.name in self.away:
            raise roll.Away(f"{node.name} is away")
        program, following = (*self.has[node.name], "")[:2]
        if self.fails == f"no program on {node.name}":
            following = ""
        return roll.Standing(program, following, self.marks.get(node.name, ""))

    def mark(self, node, word):
        self._act("mark", node.name, word.partition(":")[0])
        self.marks[node.name] = word

    def take(self, node):
        self._act("take", node.name)
        self.has[node.name] = ["new"]
        if self.fails == f"take on {node.name}":
            raise Stop("the disk is full")

    def give_back(self, node):
        self._act("give back", node.name)
        self.has[node.name] = ["old", "new"]

    def migrate(self, node):
        assert not self.asked, "somebody writes"
        assert not {"jobs1", "jobs2", "web1"} & {name for name, _kind in self.running}
        self.tables = "half"
        self._act("migrate", node.name)
        self.tables = "old" if self.fails == "migrate" else "new"
        if self.fails == "migrate":
            raise Stop("it did not work")

    def serves(self, node):
        return self.stays != "apart" and self.has[node.name][0] == self.tables


def test_one_after_the_other(site):
    """None is restarted that still gets requests, and never two at once."""
    hands = _Hands()
    roll.roll(site, hands, drain=0)
    first, second = (("steer", f"10.88.0.2{n}") for n in (1, 2))
    expected = [first, ("restart", "web1"), ("steer",), second, ("restart", "web2"), ("steer",)]
    assert hands.done == [*expected, ("restart", "jobs1"), ("restart", "jobs2")]


def test_who_does_not_come_back_gets_no_requests(site, monkeypatch):
    monkeypatch.setattr(roll, "PATIENCE", 0)
    hands = _Hands(well=False)
    with pytest.raises(Stop, match="web1"):
        roll.roll(site, hands, drain=0)
    assert hands.done == [("steer", "10.88.0.21"), ("restart", "web1")]


CLOSED = [("mark", "web1", "changing"), ("stop", "jobs1"), ("stop", "jobs2")]
CLOSED += [("steer", "10.88.0.21", "10.88.0.22"), ("stop", "web1")]
CHANGED = [("take", "web1"), ("migrate", "web1")]
BACK = [("stop", "web1"), ("give back", "web1"), ("start", "web1")]
AGAIN = [("start", "jobs1"), ("start", "jobs2"), ("start", "web1"), ("steer",)]
AGAIN += [("mark", "web1", "")]


def is_done(hands):
    """All run the new program on new tables, and are asked."""
    assert (hands.tables, hands.asked) == ("new", {"web1", "web2"})
    assert set(map(tuple, hands.has.values())) == {("new",)}
    assert {name for name, _kind in hands.running} == set(hands.has)
    return not any(hands.marks.values())


def test_a_new_version_closes_the_site_for_its_tables(site):
    """Nobody else writes while they are changed, and nobody comes to a node of before after it."""
    hands = _Hands()
    upgrade.upgrade(site, hands, drain=0)
    expected = [*CLOSED, *CHANGED, ("start", "web1"), ("mark", "web1", "open")]
    expected += [("steer", "10.88.0.22")]
    for name, then in (("web2", [("steer",)]), ("jobs1", []), ("jobs2", [])):
        expected += [("stop", name), ("take", name), ("start", name), *then]
    assert hands.done == [*expected, ("mark", "web1", "")]
    assert is_done(hands)


def test_a_version_that_cannot_be_had(site, monkeypatch):
    """Nothing is touched before all have the program; what failed goes back, if it can."""
    monkeypatch.setattr(roll, "PATIENCE", 0)
    hands = _Hands(fails="no program on jobs2")
    with pytest.raises(Stop, match="jobs2: the program of the new version is not there"):
        upgrade.upgrade(site, hands, drain=0)
    assert hands.done == []
    hands = _Hands(fails="migrate")
    with pytest.raises(Stop, match="it did not work; the tables are as they were"):
        upgrade.upgrade(site, hands, drain=0)
    assert hands.done == [*CLOSED, *CHANGED, *BACK, *AGAIN]
    hands = _Hands(fails="migrate", stays="apart")
    with pytest.raises(Stop, match="neither old nor new"):
        upgrade.upgrade(site, hands, drain=0)
    assert hands.done == [*CLOSED, *CHANGED, *BACK]
    hands = _Hands(fails="take on web1")
    with pytest.raises(Stop, match="the disk is full; the tables are as they were"):
        upgrade.upgrade(site, hands, drain=0)
    assert (hands.tables, hands.asked) == ("old", {"web1", "web2"})
    assert hands.has["web1"] == ["old", "new"]


def test_different_programs_are_laid_down(site):
    hands = _Hands()
    hands.has["jobs1"][1] = "newer"
    with pytest.raises(Stop, match="different programs"):
        upgrade.upgrade(site, hands, drain=0)
    assert hands.done == []


def test_an_upgrade_goes_on_where_it_was_broken_off(site):
    """Killed before whichever act, called again: all have it, and once it is open it stays so."""
    whole = _Hands()
    upgrade.upgrade(site, whole, drain=0)
    opened = whole.done.index(("mark", "web1", "open"))
    for number in range(whole.acts):
        hands = _Hands(breaks=number)
        with pytest.raises(KeyboardInterrupt):
            upgrade.upgrade(site, hands, drain=0)
        hands.breaks = None
        before = len(hands.done)
        upgrade.upgrade(site, hands, drain=0)
        assert is_done(hands), number
        closed = ("steer", "10.88.0.21", "10.88.0.22") in hands.done[before:]
        assert closed == (number <= opened), number


def test_an_upgrade_is_put_back_after_a_break(site, capsys):
    """What cannot be had goes back, also when it was broken off amid the change or on its way."""
    whole = _Hands(fails="migrate")
    with pytest.raises(Stop):
        upgrade.upgrade(site, whole, drain=0)
    for number in range(whole.acts):
        hands = _Hands(fails="migrate", breaks=number)
        with pytest.raises((KeyboardInterrupt, Stop)):
            upgrade.upgrade(site, hands, drain=0)
        hands.breaks = None
        with pytest.raises(Stop, match="the site goes on"):
            upgrade.upgrade(site, hands, drain=0)
        assert (hands.tables, hands.asked) == ("old", {"web1", "web2"}), number
        assert set(map(tuple, hands.has.values())) == {("old", "new")}, number
        assert len(hands.running) == 4 and not any(hands.marks.values()), number
    said = "it was broken off, and goes on: the tables may be half changed"
    assert said in capsys.readouterr().out


def test_who_is_away(site):
    """Before the change nothing is touched; after it the others go along, and who lacks is told."""
    hands = _Hands()
    hands.away = {"jobs2"}
    with pytest.raises(Stop, match="jobs2 is away"):
        upgrade.upgrade(site, hands, drain=0)
    assert hands.done == []
    whole = _Hands()
    upgrade.upgrade(site, whole, drain=0)
    hands = _Hands(breaks=whole.done.index(("mark", "web1", "open")) + 1)
    with pytest.raises(KeyboardInterrupt):
        upgrade.upgrade(site, hands, drain=0)
    hands.breaks = None
    hands.away = {"web2", "jobs1"}
    with pytest.raises(Stop, match="without web2 is away; jobs1 is away"):
        upgrade.upgrade(site, hands, drain=0)
    assert hands.asked == {"web1"} and ("jobs2", "jobs") in hands.running
    hands.away = set()
    upgrade.upgrade(site, hands, drain=0)
    assert is_done(hands)


def test_nobody_takes_the_program_away_from_a_change_that_goes_on(site, monkeypatch):
    """The way to the node broke, and its tables may be under way: they are not given back."""
    hands = _Hands()

    def migrate(node):
        raise roll.Away("web1: connection reset")

    monkeypatch.setattr(hands, "migrate", migrate)
    with pytest.raises(Stop, match=r"connection reset; the site stays closed: call this again"):
        upgrade.upgrade(site, hands, drain=0)
    assert hands.done == [*CLOSED, ("take", "web1")]


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
    program, following, mark = run(roll.STANDING).split("\n")[:3]
    assert program and following and program != following and mark == ""
    run(roll.TAKE)
    mark = tmp_path / "water.upgrade"
    mark.write_text("")  # whoever wrote it was broken off
    assert run(roll.STANDING).split("\n")[:3] == [following, "", ""]
    mark.write_text("open:x\n")
    assert run(roll.STANDING).split("\n")[:3] == [following, "", "open:x"]


def test_a_machine_that_loses_its_power_is_noticed_within_a_minute(site, monkeypatch):
    """While it is told something as well: nobody closes that connection any more."""
    told = []
    answer = subprocess.CompletedProcess([], roll.NOT_REACHED, "", "not responding")
    monkeypatch.setattr(roll.subprocess, "run", lambda args, **_more: told.extend(args) or answer)
    # which machine it is, and not what it was to be told
    with pytest.raises(roll.Away, match="^web1 cannot be reached: not responding$"):
        roll.Remote().standing(site.of("web")[0])
    options = dict(word.split("=") for word in told if "=" in word)
    silence = int(options["ServerAliveInterval"]) * int(options["ServerAliveCountMax"])
    assert max(int(options["ConnectTimeout"]), silence) <= 60 and silence
