"""``docker-compose.yml``: no container has more than it needs; read as Compose reads it."""

import os
import re
import ssl
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
#: A container without an engine: its root cannot be written but for one folder and memory, it has
#: no network, no privilege of the kernel, and gains none. ``$1`` is the folder; the rest is run.
CONFINED = """
mount --rbind "$1" "$1"
mount --rbind / /mnt
mount -o remount,bind,ro=recursive /mnt
mount --bind "$1" "/mnt$1"
for memory in tmp run; do [[ $1 == /$memory/* ]] || mount -t tmpfs none /mnt/$memory; done
shift
exec chroot /mnt setpriv --no-new-privs --bounding-set=-all --inh-caps=-all -- "$@"
"""
#: A cluster of its own, in which Odoo's role is made as the container makes it.
CLUSTER = """
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
export PGHOST=$1
"$bin/initdb" -D "$1/data" -U postgres -A trust --no-sync >/dev/null
"$bin/pg_ctl" -D "$1/data" -w -l "$1/log" -o "-k $1 -h '' -F" start >/dev/null
trap '"$bin/pg_ctl" -D "$1/data" -m immediate stop >/dev/null' EXIT
bash "$2"
psql -d postgres -U odoo -c "CREATE DATABASE water"
refused() { ! psql -d water -U odoo -c "$1"; }
refused "COPY (SELECT 1) TO PROGRAM 'true'"
refused "SELECT pg_read_file('PG_VERSION')"
refused "CREATE ROLE other"
"""
#: Privileges of the kernel that a container may have, with the reason beside them in the file.
NEEDED = {
    "db": {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"},
    "nginx": {"CHOWN", "NET_BIND_SERVICE", "SETGID", "SETUID"},
}


@pytest.fixture(scope="module")
def composed():
    """The file with everything that anchors and ``.env`` bring."""
    command = "docker-compose --env-file config/env.example --profile * config --format json"
    done = subprocess.run(command.split(), cwd=ROOT, capture_output=True, text=True, check=True)
    return yaml.safe_load(done.stdout)


@pytest.fixture(scope="module")
def services(composed):
    """The services of it."""
    return composed["services"]


def test_privileges(services):
    """All capabilities are dropped and none gained; only volumes and memory are writable."""
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert set(service.get("cap_add", ())) <= NEEDED.get(name, set()), name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["read_only"], name
        assert not service.get("privileged"), name
        assert "/var/run/docker.sock" not in str(service), name


def test_nothing_is_copied_into_a_container(composed, services):
    """Compose copies the text of a config or a secret; what cannot be written refuses to start."""
    told = composed.get("configs", {}) | composed.get("secrets", {})
    assert all(set(one) <= {"name", "file"} for one in told.values())
    for name, service in services.items():
        for volume in service.get("volumes", ()):
            if volume["type"] == "bind":  # the engine creates a missing folder
                assert Path(volume["source"]).exists(), name


def test_site_in_memory(services):
    """The image of nginx has the names for the file that it makes, and where to put it."""
    nginx = services["nginx"]
    (source,) = (
        volume["source"]
        for volume in nginx["volumes"]
        if volume["target"] == "/etc/nginx/templates/site.conf.template"
    )
    wanted = set(re.findall(r"\$\{(\w+)\}", Path(source).read_text()))
    assert wanted == set(nginx["environment"])
    assert "/etc/nginx/conf.d" in nginx["tmpfs"]
    assert "include /etc/nginx/conf.d/site.conf;" in (ROOT / "config/nginx.conf").read_text()


def test_limits(services):
    """Memory and processes have an end."""
    for name, service in services.items():
        assert int(service["mem_limit"]) > 0, name
        assert 0 < int(service["pids_limit"]) <= 500, name


def test_reachable_from_outside(services):
    """nginx alone; by default this machine alone reaches it. The database has no way out."""
    told = {name: service.get("ports", ()) for name, service in services.items()}
    assert {name for name, ports in told.items() if ports} == {"nginx", "mail"}
    assert {port["host_ip"] for ports in told.values() for port in ports} == {"127.0.0.1"}
    assert list(services["db"]["networks"]) == ["inside"]
    assert yaml.safe_load((ROOT / "docker-compose.yml").read_text())["networks"]["inside"] == {
        "internal": True
    }


def test_role_of_odoo(services):
    """Odoo's database user is not the cluster's owner, and no superuser."""
    owner, odoo = services["db"]["environment"], services["odoo"]["environment"]
    assert owner["POSTGRES_USER"] != odoo["USER"]
    assert owner["POSTGRES_PASSWORD"] != odoo["PASSWORD"]
    text = (ROOT / "config/docker/role").read_text()
    (made,) = re.findall(r"CREATE ROLE (\w+) (.*) PASSWORD", text)
    assert made[0] == odoo["USER"]
    words = set(made[1].split())
    assert words == {
        *("LOGIN", "CREATEDB", "NOSUPERUSER", "NOCREATEROLE", "NOREPLICATION", "NOBYPASSRLS")
    }


def test_no_passwords_are_delivered():
    """Without ``.env`` nothing starts, and the message names the missing setting."""
    bare = {"PATH": os.environ["PATH"]}
    command = ["docker-compose", "--env-file", "/dev/null", "config", "-q"]
    done = subprocess.run(command, cwd=ROOT, env=bare, capture_output=True, text=True, check=False)
    assert done.returncode
    assert "in .env" in done.stderr


def test_certificate(tmp_path):
    """The first certificate matches the name, its key is private, and it replaces none."""
    command = ["bash", ROOT / "config/docker/certificate", tmp_path]
    told = {"PATH": os.environ["PATH"], "SITE": "kf.example.com"}
    for _time in range(2):
        _confined(tmp_path, command, env=told)
        (tmp_path / "fullchain.pem").open("a").write("\n")
    assert (tmp_path / "fullchain.pem").read_text().endswith("\n\n")
    assert (tmp_path / "privkey.pem").stat().st_mode & 0o077 == 0
    ssl.create_default_context().load_cert_chain(
        tmp_path / "fullchain.pem", tmp_path / "privkey.pem"
    )
    shown = subprocess.run(
        ["openssl", "x509", "-in", tmp_path / "fullchain.pem", "-noout", "-ext", "subjectAltName"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "DNS:kf.example.com" in shown.stdout


def _confined(folder, command, **options):
    confine = ["unshare", "-Urmn", "bash", "-ec", CONFINED, "-", folder]
    return subprocess.run(
        [*confine, *command], check=True, capture_output=True, text=True, **options
    )


def test_confined(tmp_path):
    """The environment of the tests below is as restricted as the Compose file's."""
    words = (
        "touch /etc/x /var/x 2>&1; touch $0 /run/x; grep -E 'Cap(Eff|Bnd)|NoNew' /proc/$$/status"
    )
    told = _confined(tmp_path, ["bash", "-c", words, tmp_path / "here"]).stdout
    assert told.count("Read-only file system") == 2
    assert re.findall(r"(\w+):\s+(\d+)", told)[-3:] == [
        ("CapEff", "0" * 16),
        ("CapBnd", "0" * 16),
        ("NoNewPrivs", "1"),
    ]
    assert (tmp_path / "here").exists()


def test_role_in_a_cluster(tmp_path):
    """Made with any password, it makes its database, and neither runs nor reads anything."""
    told = {"PATH": os.environ["PATH"], "POSTGRES_USER": "postgres", "ODOO_PASSWORD": "it's\"$1"}
    command = ["bash", "-c", CLUSTER, "-", tmp_path, ROOT / "config/docker/role"]
    done = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"ERROR: +(?:permission denied|must be superuser)", done.stderr)) == 3
