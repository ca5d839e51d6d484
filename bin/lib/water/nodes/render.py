"""Writes the files of each machine, of the templates in ``config/cluster`` and of ``config``."""

import configparser
import io
import re
from pathlib import Path
from string import Template

from ..odoo import CORE
from ..place import CHECKOUT, Stop
from . import secret

TEMPLATES = CHECKOUT / "config" / "cluster"
PROGRAM = Path("/opt/water-service")
#: for each part: its files and their templates
FILES = {
    "etcd": {"etc/default/etcd": "etcd"},
    "postgresql": {
        "etc/patroni/config.yml": "patroni.yml",
        "etc/pgbackrest.conf": "pgbackrest.conf",
    },
    "odoo": {
        "etc/haproxy/haproxy.cfg": "haproxy.cfg",
        "etc/pgbouncer/pgbouncer.ini": "pgbouncer.ini",
        "etc/pgbouncer/userlist.txt": "userlist.txt",
        "etc/water-service/odoo.conf": "odoo.conf",
        "etc/water-service/environment": "environment",
    },
    "proxy": {"etc/nginx/conf.d/site.conf": "site.conf"},
    "all": {"etc/chrony/conf.d/water.conf": "chrony.conf"},
}
NGINX, UPSTREAMS = "etc/nginx/nginx.conf", "etc/nginx/upstreams.conf"
TLS = "etc/water-service/tls"
#: Files that others may read: they hold no secret.
OPEN = re.compile(r"nginx|chrony|haproxy|default|ca\.crt|node\.crt")
#: A line of a template that holds under a condition alone: ``#tls: ssl: on``.
ONLY_IF = re.compile(r"^( *)[#;](tls|web|jobs): ")
UPSTREAM = re.compile(
    r"  upstream odoo_http \{.*?  upstream odoo_websocket \{.*?\n  \}\n", re.DOTALL
)


def render(inventory, folder):
    """Write the files of all machines below ``folder``, a folder for each."""
    for node in inventory.nodes:
        for name, text in files(inventory, node).items():
            path = folder / node.name / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.touch(mode=0o644 if OPEN.search(name) else 0o600)
            path.write_text(text)


def files(inventory, node):
    """``{path from the root of the machine: text}``."""
    values = _values(inventory, node)
    parts = {"odoo" if role in ("web", "jobs") else role for role in node.roles} | {"all"}
    flags = {*node.roles} | ({"tls"} if inventory.tls else set())
    found = {
        path: _filled(template, values, flags)
        for part in sorted(parts)
        for path, template in FILES[part].items()
    }
    if "odoo" in parts:
        found["etc/water-service/odoo.conf"] = _odoo(found["etc/water-service/odoo.conf"])
    if "proxy" in parts:
        found |= {NGINX: _nginx(values["root"]), UPSTREAMS: upstreams(inventory)}
    if inventory.tls:
        certificates = secret.certificates(inventory, node)
        found |= {f"{TLS}/{name}": text for name, text in certificates.items()}
    return found


def _filled(name, values, flags):
    lines = []
    for line in (TEMPLATES / name).read_text().splitlines():
        condition = ONLY_IF.match(line)
        if not condition or condition[2] in flags:
            lines.append(ONLY_IF.sub(r"\1", line))
    return Template("\n".join([*lines, ""])).substitute(values)


def _values(inventory, node):
    root = inventory.root.format(node=node.name)
    scheme = "https" if inventory.tls else "http"
    etcd = inventory.of("etcd")
    host, _colon, port = inventory.smtp.partition(":")
    addons = [CORE / "addons", PROGRAM / "addons", PROGRAM / "config/debian/addons"]
    addons.append(PROGRAM / "venv/lib/python3.13/site-packages/odoo/addons")  # of OCA
    return {
        **secret.passwords(inventory),
        **inventory.size,
        "name": inventory.name,
        "database": inventory.database,
        "site": inventory.site,
        "network": inventory.network,
        "watchdog": inventory.watchdog,
        "node": node.name,
        "address": node.address,
        "local": node.local,
        "root": root,
        "scheme": scheme,
        "hba": "hostssl" if inventory.tls else "host",
        "tls_folder": f"{root}{TLS}",
        "postgresql_bin": f"/usr/lib/postgresql/{inventory.postgresql}/bin",
        "etcd_peers": ",".join(f"{one.name}={scheme}://{one.address}:2380" for one in etcd),
        "etcd_hosts": ", ".join(f"{one.address}:2379" for one in etcd),
        "check_servers": _servers(inventory, root),
        "repository": _repository(inventory),
        "archive_command": f"pgbackrest --config={root}etc/pgbackrest.conf"
        f" --stanza={inventory.name} archive-push %p",
        "pool": max(4, inventory.size["connections"] * 4 // 5 // len(_odoos(inventory))),
        "addons": inventory.addons or ",".join(map(str, addons)),
        "smtp_host": host,
        "smtp_port": port or "25",
        "time_servers": "\n".join(f"server {one} iburst" for one in inventory.time),
    }


def _repository(inventory):
    """Return pgBackRest's repository: a folder or an object store."""
    store = inventory.store
    if not store:
        return f"repo1-path={inventory.backups}"
    key, word = secret.keys(inventory)
    lines = {"type": "s3", "path": f"/{inventory.name}", "s3-bucket": store["bucket"]}
    lines |= {"s3-endpoint": store["endpoint"], "s3-region": store["region"]}
    lines |= {"s3-uri-style": store.get("style", "host"), "s3-key": key, "s3-key-secret": word}
    lines |= {"storage-port": store.get("port", 443)}
    lines |= {"storage-ca-file": store["ca"]} if "ca" in store else {}
    return "\n".join(f"repo1-{name}={text}" for name, text in lines.items())


def _odoos(inventory):
    return [node for node in inventory.nodes if {"web", "jobs"} & set(node.roles)]


def _servers(inventory, root):
    check = "check port 8008"
    if inventory.tls:
        check += f" check-ssl verify required ca-file {root}{TLS}/ca.crt"
    rows = [f"  server {one.name} {one.address}:5432 {check}" for one in inventory.of("postgresql")]
    return "\n".join(rows)


def _odoo(own):
    """Return the settings shared by all installations and those of this one."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(CHECKOUT / "config" / "odoo.conf")
    parser.read_string(own)
    text = io.StringIO()
    parser.write(text)
    return text.getvalue()


def _nginx(root):
    """The settings of the single machine; Odoo is in a file of its own, which `roll` changes."""
    text = (CHECKOUT / "config" / "nginx.conf").read_text()
    text, found = UPSTREAM.subn("  include /etc/nginx/upstreams.conf;\n", text)
    # a dead machine does not answer: ask the next one soon
    text, more = re.subn(r"proxy_connect_timeout 10s;", "proxy_connect_timeout 2s;", text)
    if (found, more) != (1, 1):
        raise Stop("config/nginx.conf has changed: water.nodes.render no longer knows it")
    for name in ("conf.d/site.conf", "upstreams.conf", "certificates/"):
        text = text.replace(f"/etc/nginx/{name}", f"{root}etc/nginx/{name}")
    return f"user www-data;\npid {root}run/nginx.pid;\n{text}"


def upstreams(inventory, away=()):
    """The web nodes as nginx asks them.

    :param away: names of those that get no new requests for the moment
    """
    text = ""
    for name, port in (("odoo_http", 8069), ("odoo_websocket", 8072)):
        servers = "".join(
            f"  server {one.address}:{port} max_fails=1 fail_timeout=5s"
            f"{' down' if one.name in away else ''};\n"
            for one in inventory.of("web")
        )
        text += f"upstream {name} {{\n{servers}}}\n"
    return text
