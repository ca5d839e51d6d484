"""``docker-compose.yml``: no container has more than it needs; read as Compose reads it."""

import os
import re
import ssl
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
#: Privileges of the kernel that a container may have, with the reason beside them in the file.
NEEDED = {
    "db": {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"},
    "nginx": {"CHOWN", "NET_BIND_SERVICE", "SETGID", "SETUID"},
}


@pytest.fixture(scope="module")
def services():
    """The services with everything that anchors and ``.env`` bring."""
    command = "docker-compose --env-file config/env.example --profile dev config --format json"
    done = subprocess.run(command.split(), cwd=ROOT, capture_output=True, text=True, check=True)
    return yaml.safe_load(done.stdout)["services"]


def test_privileges(services):
    """All are dropped and none is gained; nothing is written but volumes and memory."""
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert set(service.get("cap_add", ())) <= NEEDED.get(name, set()), name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["read_only"], name
        assert not service.get("privileged"), name
        assert "/var/run/docker.sock" not in str(service), name


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
    """Odoo signs in as somebody else than the owner of the cluster, who is no superuser."""
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
    """Without ``.env`` nothing starts, and says what is missing."""
    bare = {"PATH": os.environ["PATH"]}
    command = ["docker-compose", "--env-file", "/dev/null", "config", "-q"]
    done = subprocess.run(command, cwd=ROOT, env=bare, capture_output=True, text=True, check=False)
    assert done.returncode
    assert "in .env" in done.stderr


def test_certificate(tmp_path):
    """The first certificate fits the name, its key is nobody else's, and it replaces none."""
    command = ["bash", ROOT / "config/docker/certificate", tmp_path]
    told = {"PATH": os.environ["PATH"], "SITE": "kf.example.com"}
    for _time in range(2):
        subprocess.run(command, env=told, check=True, capture_output=True)
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
