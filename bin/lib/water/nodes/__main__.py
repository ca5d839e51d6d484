"""bin/cluster: secrets, the files of each machine, restarts and upgrades, who is what."""

import argparse
import json
import ssl
import urllib.request
from pathlib import Path

from ..place import Stop, main, say
from . import inventory, render, roll, secret


def _options():
    parser = argparse.ArgumentParser(
        prog="bin/cluster", description="A site on several machines; see doc/cluster.md"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, told in (
        ("secrets", "make passwords and certificates that are missing"),
        ("render", "write the files of each machine, below DIR/<machine>"),
        ("roll", "restart web and jobs nodes one after the other, by ssh"),
        ("upgrade", "a new version of the addons on all nodes, by ssh; see doc/cluster.md"),
        ("status", "who is the primary, and how far the others are"),
    ):
        command = commands.add_parser(name, help=told, description=told)
        command.add_argument("inventory", type=Path, metavar="INVENTORY")
        if name == "render":
            command.add_argument("folder", type=Path, metavar="DIR")
    return parser.parse_args()


def cluster():
    """Run the command."""
    options = _options()
    found = inventory.read(options.inventory)
    if options.command == "secrets":
        secret.make(found)
    elif options.command == "render":
        render.render(found, options.folder)
    elif options.command in ("roll", "upgrade"):
        getattr(roll.Rolling(found, roll.Remote()), options.command)()
    else:
        for member in members(found):
            say("{name:12}{role:16}{state:12}{lag}".format(**{"lag": "", **member}))


def members(found):
    """Return Patroni's view of the machines with PostgreSQL."""
    trust = ssl.create_default_context(cafile=found.secrets / "ca.crt") if found.tls else None
    for node in found.of("postgresql"):
        url = f"http{'s' if found.tls else ''}://{node.address}:8008/cluster"
        try:
            with urllib.request.urlopen(url, timeout=3, context=trust) as answer:
                return json.load(answer)["members"]
        except OSError:
            continue
    raise Stop("no machine with PostgreSQL answers")


if __name__ == "__main__":
    main(cluster)
