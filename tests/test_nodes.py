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
    """Writes down what is done."""

    def __init__(self, well=True, fails="", stays=""):
        self.done, self.well, self.fails, self.stays = [], well, fails, stays

    def restart(self, node, services):
        self.done.append(("restart", node.name))

    def steer(self, node, text):
        away = re.findall(r"server ([\d.]+):8069 .* down;", text)
        self.done.append(("steer", *away))

    def is_well(self, node):
        return self.well

    def stop(self, node, services):
        self.done.append(("stop", node.name))

    def start(self, node, services):
        self.done.append(("start", node.name))

    def look_for_new(self, node):
        if self.fails == f"no program on {node.name}":
            raise Stop(self.fails)

    def take(self, node):
        self.done.append(("take", node.name))

    def give_back(self, node):
        self.done.append(("give back", node.name))

    def migrate(self, node):
        self.done.append(("migrate", node.name))
        if self.fails == "migrate":
            raise Stop("it did not work")

    def serves(self, node):
        return self.stays != "apart"


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


CLOSED = [("stop", "jobs1"), ("stop", "jobs2"), ("steer", "10.88.0.21", "10.88.0.22")]
CHANGED = [("stop", "web1"), ("take", "web1"), ("migrate", "web1")]
BACK = [("stop", "web1"), ("give back", "web1"), ("start", "web1")]


def test_a_new_version_closes_the_site_for_its_tables(site):
    """Nobody else writes while they are changed, and nobody comes to a node of before after it."""
    hands = _Hands()
    upgrade.upgrade(site, hands, drain=0)
    expected = [*CLOSED, *CHANGED, ("start", "web1"), ("steer", "10.88.0.22")]
    for name, then in (("web2", [("steer",)]), ("jobs1", []), ("jobs2", [])):
        expected += [("stop", name), ("take", name), ("start", name), *then]
    assert hands.done == expected


def test_a_version_that_cannot_be_had(site, monkeypatch):
    """Nothing is touched before all have the program; what failed goes back, if it can."""
    monkeypatch.setattr(roll, "PATIENCE", 0)
    hands = _Hands(fails="no program on jobs2")
    with pytest.raises(Stop, match="no program on jobs2"):
        upgrade.upgrade(site, hands, drain=0)
    assert hands.done == []
    hands = _Hands(fails="migrate")
    with pytest.raises(Stop, match="it did not work; the tables are as they were"):
        upgrade.upgrade(site, hands, drain=0)
    again = [("steer",), ("start", "jobs1"), ("start", "jobs2")]
    assert hands.done == [*CLOSED, *CHANGED, *BACK, *again]
    hands = _Hands(fails="migrate", stays="apart")
    with pytest.raises(Stop, match="neither old nor new"):
        upgrade.upgrade(site, hands, drain=0)
    assert hands.done == [*CLOSED, *CHANGED, *BACK]
