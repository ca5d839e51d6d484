"""What is kept outside the database: heads of chains in one text, whose digest names the last.

The heads are known by keys: whoever reads the file learns no number of a customer or a case.
"""

import hashlib
import json

FORMAT = "water-anchor"
VERSION = 1


class BadAnchor(Exception):
    """The file is none of ours."""


def chain_key(model, name):
    """Return what stands for a chain in the file.

    :param model: name of the model, such as ``water.inquiry``
    :param name: what the events of the chain are bound to, such as the number of a case
    """
    return hashlib.sha256(f"{model}\n{name}".encode()).hexdigest()


def pieces(database, number, sealed_at, previous, chains):
    """Yield the bytes of an anchor: the same for the same, on every machine.

    They come one by one, for there may be a million chains.

    :param database: UUID of the database
    :param number: counted from 1
    :param sealed_at: naive UTC datetime, whole seconds
    :param previous: digest of the anchor before, None for the first
    :param chains: sorted rows ``(key, number of events, digest of the last)``, read once
    """
    facts = {
        "format": FORMAT,
        "version": VERSION,
        "database": database,
        "number": number,
        "sealed_at": sealed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "previous": previous or None,
    }
    yield b'{\n"chains": ['
    before = "\n"
    for row in chains:
        yield f"{before}{json.dumps(list(row), indent=0)}".encode()
        before = ",\n"
    closing = "\n]" if before == ",\n" else "]"
    rest = json.dumps(facts, sort_keys=True, indent=0).removeprefix("{")
    yield f"{closing},{rest}\n".encode()


def digest(parts):
    """Return the SHA-256 of an anchor.

    :param parts: its bytes, one after the other
    """
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()


def read(content):
    """Return ``(number, {key: (number of events, digest)})`` of an anchor.

    :raises BadAnchor: for anything else
    """
    try:
        value = json.loads(content)
        if (value["format"], value["version"]) != (FORMAT, VERSION):
            raise BadAnchor
        rows = {str(key): (int(count), str(head)) for key, count, head in value["chains"]}
        return int(value["number"]), rows
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BadAnchor from None
