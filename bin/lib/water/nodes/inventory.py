"""Read the inventory: the machines' parts, and the settings they share."""

import ipaddress
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from ..place import Stop

ROLES = {"etcd", "postgresql", "web", "jobs", "proxy"}
#: Fewer than this, and a single machine that fails takes the site along; etcd must be odd.
LEAST = {"etcd": 3, "postgresql": 2, "web": 2, "jobs": 2, "proxy": 1}
WATCHDOGS = {"required", "automatic", "off"}
#: required and optional settings of an object store
STORE, STYLE = {"endpoint", "bucket", "region"}, {"port", "style", "ca"}
SIZE = {"workers": 4, "jobs": 2, "connections": 300, "memory": "4GB"}


@dataclass(frozen=True)
class Node:
    """One machine.

    :param local: under which its own programs find each other
    """

    name: str
    address: str
    roles: tuple
    local: str = "127.0.0.1"


@dataclass
class Inventory:
    """All machines of a site, and where its secrets lie.

    :param store: an object store for backups: endpoint, bucket, region, and perhaps port and style
    :param root: below which the files of a machine stand, with ``{node}`` for its name
    """

    name: str
    database: str
    site: str
    network: str
    nodes: list
    secrets: Path
    tls: bool = True
    watchdog: str = "required"
    postgresql: str = "17"
    time: list = field(default_factory=list)
    smtp: str = "127.0.0.1:25"
    size: dict = field(default_factory=dict)
    backups: str = "/var/backups/pgbackrest"
    store: dict = field(default_factory=dict)
    addons: str = ""
    root: str = "/"

    def of(self, role):
        """The machines that have a part, in the order of the file."""
        return [node for node in self.nodes if role in node.roles]

    def check(self):
        """:raises Stop: where the site could not survive the loss of one machine"""
        unknown = {role for node in self.nodes for role in node.roles} - ROLES
        if unknown:
            raise Stop(f"nobody knows the roles {', '.join(sorted(unknown))}: {sorted(ROLES)}")
        for role, least in LEAST.items():
            if len(self.of(role)) < least:
                raise Stop(f"at least {least} machines with the role {role} are needed")
        if both := [node.name for node in self.of("jobs") if "web" in node.roles]:
            raise Stop(f"web and jobs are machines of their own, for one has no pages: {both[0]}")
        if not len(self.of("etcd")) % 2:
            raise Stop("an even number of etcd survives no more than one less: make it odd")
        if len({node.address for node in self.nodes}) < len(self.nodes):
            raise Stop("two machines have the same address")
        network = ipaddress.ip_network(self.network)
        outside = [n.name for n in self.nodes if ipaddress.ip_address(n.address) not in network]
        if outside:
            raise Stop(f"not in the network {network}: {', '.join(outside)}")
        if self.store and not STORE <= self.store.keys() <= STORE | STYLE:
            raise Stop(f"[store] has {', '.join(sorted(STORE))}, and may have {sorted(STYLE)}")
        if self.watchdog not in WATCHDOGS:
            raise Stop(f"watchdog is one of {', '.join(sorted(WATCHDOGS))}")


def read(path):
    """The inventory in the file ``path``, checked."""
    try:
        values = tomllib.loads(path.read_text())
        nodes = [
            Node(name, **{**row, "roles": tuple(row["roles"])})
            for name, row in values.pop("nodes").items()
        ]
        size = SIZE | values.pop("size", {})
        secrets = path.parent / values.pop("secrets", "secrets")
        found = Inventory(nodes=nodes, size=size, secrets=secrets, **values)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise Stop(f"{path} is no inventory: {error}") from None
    found.check()
    return found
