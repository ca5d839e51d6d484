"""A site on several machines loses nothing when some of them fail.

The machines are network namespaces running Debian's programs with the files that bin/cluster
writes. Without namespaces they are addresses of 127.0.0.0/8, and the network cannot be cut.
``WATER_CLUSTER_FAULTS=all`` tries every fault, ``=jobs,switch`` those two.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
from visitor import KEY_SCRIPT, NO_LIMITS, run_in_shell

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "bin" / "lib"))

from water.nodes import inventory, render, secret  # noqa: E402 - found just above
from water.odoo import ADDONS  # noqa: E402

SPACES = ["unshare", "--user", "--map-current-user", "--keep-caps", "--net", "--mount", "--pid"]
SPACES += ["--fork", "--kill-child", "--mount-proc"]
#: A file system of our own where `ip netns` keeps its names; the shell stays as the first process
#: and takes leave of orphans, as systemd does: Patroni believes in a server that is not buried.
OWN_RUN = 'mount -t tmpfs none /run && { "$@"; exit $?; }'
SHORT = [["web", "machine"]]
ALL = [
    ["web"],
    ["jobs"],
    ["postgresql"],
    ["machine"],
    ["replica"],
    ["network"],
    ["switch"],
    ["roll"],
    ["drill"],
    ["refused"],
    ["upgrade"],
]
#: In the newer version a column that each page asks for has another name, in program and tables;
#: its place in the settings keeps its own.
OLD_NAME, NEW_NAME = "water_hotline", "water_service_line"
OLD = re.compile(rf"(?<!\bid=[\"']){OLD_NAME}")
NEWER = """
def migrate(cr, version):
    cr.execute("ALTER TABLE res_company RENAME COLUMN {} TO {}")
"""
PREPARE = """
import json
# scripts of the web client, which nobody here asks for, are most of the bytes
scripts = [("url", "=like", "/web/assets/%"), ("file_size", ">", 200000)]
env["ir.attachment"].search(scripts).unlink()
env["ir.config_parameter"].set_param("ir_attachment.location", "db")
env["ir.attachment"].force_storage()
keys = [key, env["res.users.apikeys"].with_user(user)._generate("rpc", "second", until)]
print("RESULT " + json.dumps(keys))
"""
HTTP = """
http {{
  client_body_temp_path {0}/body;
  proxy_temp_path {0}/proxy;
  fastcgi_temp_path {0}/fastcgi;
  uwsgi_temp_path {0}/uwsgi;
  scgi_temp_path {0}/scgi;"""


def _may_have_spaces():
    probe = [*SPACES, "sh", "-c", OWN_RUN, "sh", "ip", "link", "add", "br0", "type", "bridge"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def _addresses(spaces):
    """``(network, address of a number)``; those of the smaller form are this process's own."""
    if spaces:
        return "10.88.0.0/16", lambda number: f"10.88.0.{number}"
    own = os.getpid() % 250 + 2
    return "127.0.0.0/8", lambda number: f"127.88.{own}.{number}"


def _write_inventory(folder, stack, spaces):
    network, address = _addresses(spaces)
    text = (ROOT / "config/cluster/inventory.toml").read_text()
    text = re.sub(r"10\.88\.0\.(\d+)\"", lambda found: f'{address(found[1])}"', text)
    text = text.replace("10.88.0.0/24", network).replace("kf.example.com", address(5))
    text = text.replace('"required"', '"off"').replace('"4GB"', '"128MB"')
    text = text.replace("mail.example.com:25", f"{address(9)}:1025")
    version = Path(shutil.which("pg_ctl")).parts[-3]
    text = text.replace('postgresql = "17"', f'postgresql = "{version}"')
    text = text.replace("workers = 4", "workers = 2").replace("jobs = 2", "jobs = 1")
    addons = re.search(r"addons_path = (.*)", Path(stack["config"]).read_text())[1]
    more = f'root = "{folder}/{{node}}/"\naddons = "{addons},{stack["sessions"]}"\n'
    more += f'backups = "{folder}/backups"\n'
    text = text.replace("[size]", f"{more}\n[size]")
    if not spaces:  # all machines share the inner address
        text = re.sub(r'(address = ("[^"]+"))', r"\1\nlocal = \2", text)
    (folder / "inventory.toml").write_text(text)
    return inventory.read(folder / "inventory.toml"), address


def _adapt_nginx(folder, site, spaces):
    """Writable folders and a certificate; ports above 1023 without root."""
    own = folder / site.of("proxy")[0].name
    path = own / render.NGINX
    text = path.read_text().replace("\nhttp {", HTTP.format(own / "tmp"))
    if not spaces:
        text = text.replace("listen 443", "listen 8443").replace("listen 80;", "listen 8080;")
        address = site.of("proxy")[0].address
        text = re.sub(r"listen (8\d+)", rf"listen {address}:\1", text)
    path.write_text(text)
    (own / "tmp").mkdir()
    (own / "etc/nginx/certificates").mkdir()
    for ours, theirs in (("crt", "fullchain.pem"), ("key", "privkey.pem")):
        found = site.secrets / f"{site.of('proxy')[0].name}.{ours}"
        shutil.copy(found, own / "etc/nginx/certificates" / theirs)


def _prepare_database(stack, copied, folder):
    """A dump of the template with all files in it; ``(keys, category)``."""
    name = f"water-cluster-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with copied(name):
        asked = ["psql", "-X", "-At", "-d", name, "-c"]
        subprocess.run([*asked, NO_LIMITS], check=True, capture_output=True)
        script = KEY_SCRIPT % {"login": "machine", "more": PREPARE}
        keys = run_in_shell(stack, name, script)
        statement = "SELECT id FROM water_category WHERE code = 'GN'"
        found = subprocess.run([*asked, statement], check=True, capture_output=True, text=True)
        dump = ["pg_dump", "-Fd", "-j2", "-Z0", "-f", folder / "dump", name]
        subprocess.run(dump, check=True)
    return keys, int(found.stdout)


def _make_next(folder, site, addons):
    """A newer version of the addons, and for each node a link that names what it runs.

    :param addons: folder of the present ones
    """
    newer = folder / "next"
    shutil.copytree(addons, newer, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    for path in newer.rglob("*"):
        if path.suffix in (".py", ".xml", ".js", ".csv", ".po", ".sql", ".html", ".scss"):
            path.write_text(OLD.sub(NEW_NAME, path.read_text()))
    for name in ADDONS:
        path = newer / name / "__manifest__.py"
        path.write_text(re.sub(r'("version": "[\d.]+\.)\d+"', r'\g<1>999"', path.read_text()))
        version = re.search(r'"version": "([\d.]+)"', path.read_text())[1]
    script = newer / "water_service_desk/migrations" / version / "pre-migrate.py"
    script.parent.mkdir(parents=True)
    script.write_text(NEWER.format(OLD_NAME, NEW_NAME))
    for node in (*site.of("web"), *site.of("jobs")):
        (folder / node.name / "addons").symlink_to(addons)
        config = folder / node.name / "etc/water-service/odoo.conf"
        config.write_text(config.read_text().replace(addons, f"{folder}/{node.name}/addons"))
    return {"next": str(newer)}


def _settings(folder, stack, site, address, spaces):
    """Parameters of the scene."""
    wanted = os.environ.get("WATER_CLUSTER_FAULTS")
    trials = [[fault] for fault in wanted.split(",")] if wanted else SHORT
    trials = ALL if wanted == "all" else trials
    return {
        **{name: stack[name] for name in ("python", "odoo", "mailsink")},
        "folder": str(folder),
        "spaces": spaces,
        "dump": str(folder / "dump"),
        "database": "water",
        "base": f"https://{address(5)}" + ("" if spaces else ":8443"),
        "ca": str(site.secrets / "ca.crt"),
        "mail": address(9),
        "sources": [address(100 + number) for number in range(5)],
        "trials": [faults for faults in trials if spaces or faults != ["network"]],
        "before": 10,
        "after": 3,
    }


@pytest.fixture(scope="module")
def played(stack, copied, tmp_path_factory):
    """Events; includes the folder of mails."""
    folder = tmp_path_factory.mktemp("cluster")
    spaces = _may_have_spaces() and not os.environ.get("WATER_CLUSTER_SMALL")
    if not spaces:
        print("\nno namespaces here: machines are addresses of 127.0.0.0/8, no network is cut")
    site, address = _write_inventory(folder, stack, spaces)
    secret.make(site)
    render.render(site, folder)
    _adapt_nginx(folder, site, spaces)
    for node in site.of("postgresql"):  # no program of ours runs as postgres
        path = folder / node.name / "etc/patroni/config.yml"
        path.write_text(path.read_text().replace("local all postgres peer", "local all all trust"))
    (folder / "log").mkdir()
    keys, category = _prepare_database(stack, copied, folder)
    settings = _settings(folder, stack, site, address, spaces)
    settings |= {"keys": keys, "category": category}
    if {"upgrade", "refused"} & {fault for trial in settings["trials"] for fault in trial}:
        settings |= _make_next(folder, site, str(ROOT / "addons"))
    (folder / "settings.json").write_text(json.dumps(settings))
    scene = [sys.executable, ROOT / "tests/cluster_scene.py"]
    scene += [folder / "settings.json", folder / "result.json"]
    command = [*SPACES, "sh", "-c", OWN_RUN, "sh", *scene] if spaces else scene
    # the database of all other tests is none of theirs
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-2000:]}{done.stderr[-4000:]} (logs: {folder}/log)"
    result = json.loads((folder / "result.json").read_text()) | {"folder": folder}
    print(result["times"])
    return result


def test_nothing_acknowledged_is_lost(played):
    """Each acknowledged case is there once, with its files, its clocks and a whole chain."""
    for trial in played["trials"]:
        assert not trial["broken"], (trial["faults"], trial["broken"])
        assert len(trial["ledger"]) >= 10, (trial["faults"], len(trial["ledger"]))
        found = {}
        for case in trial["cases"]:
            found.setdefault(case["label"], []).append(case)
        assert found.keys() == trial["ledger"].keys(), trial["faults"]
        for label, told in trial["ledger"].items():
            (case,) = found[label]
            assert case["number"] == told["number"], label
            assert case["files"] == sorted(told["files"]), label
            assert (case["broken"], case["chain"]) == ([], False), label
            assert "close" in case["clocks"], label
        numbers = [case["number"] for case in trial["cases"]]
        assert len(set(numbers)) == len(numbers)


def test_clients_are_told_to_wait_and_nothing_else(played):
    for trial in played["trials"]:
        told = Counter((status, path) for path, _seconds, status, may in trial["seen"] if not may)
        assert not told, (trial["faults"], told)
        statuses = Counter(status for _path, _seconds, status, _may in trial["seen"])
        assert statuses.keys() <= {200, 503}, (trial["faults"], statuses)


def test_an_old_program_on_new_tables_asks_to_wait(played):
    """While all others have the new version, who asks the last old one hears 503, and no fault."""
    for trial in played["trials"]:
        if "upgrade" in trial["faults"]:
            told = Counter(tuple(row) for row in trial["old"])
            assert {503} < {status for _path, status in told} <= {0, 200, 503}, told


def test_people_go_on_reading(played):
    """From the replica, while there is no primary."""
    for trial in played["trials"]:
        if "machine" in trial["faults"]:
            assert trial["read"] >= 3


def test_each_click_may_come_to_another_node(played):
    """Half-filled forms and sign-ins are in the database: users need no fixed node.

    Clicks reach nodes at random: each node has answered two of the three kinds.
    """
    asked = ("POST /water/report/inquiry", "POST /water/report/send", "GET /my/complaints")
    answered = {}
    for name in ("web1", "web2"):
        text = (played["folder"] / "log" / f"{name}.web.log").read_text(errors="replace")
        answered[name] = {a for a in asked if re.search(rf'"{a}[^"]*" (200|303) ', text)}
        assert len(answered[name]) >= 2, (name, answered[name])
    assert answered["web1"] | answered["web2"] == set(asked)


def test_clocks_are_told_once(played):
    for trial in played["trials"]:
        assert trial["clocks"] >= 5, trial["faults"]
        breaches = Counter(case["breaches"] for case in trial["cases"])
        assert breaches[1] == trial["clocks"] and breaches.keys() <= {0, 1}, trial["faults"]


def test_mails_go_once(played):
    """A mail that comes twice is the same one, by which programs of mail know it."""
    received = {}
    for path in (played["folder"] / "mail").glob("*.eml"):
        mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes(), headersonly=True)
        to = str(mail["X-Envelope-To"]).partition("@")[0]
        received.setdefault(to, []).append((str(mail["Subject"]), str(mail["Message-Id"])))
    for trial in played["trials"]:
        for label in trial["ledger"]:
            mails = received.get(label, [])
            assert mails, f"{label} was told nothing"
            subjects = [subject for subject, _number in set(mails)]
            assert len(set(subjects)) == len(subjects), (label, mails)
