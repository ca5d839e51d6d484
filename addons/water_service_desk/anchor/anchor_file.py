"""The file stored outside the database: heads of chains in one text, named by its digest.

Keys replace the names of chains: a reader learns no number of a customer or case.
"""

import hashlib
import json
import re
from collections import deque
from functools import partial

FORMAT = "water-anchor"
VERSION = 1
#: Larger files (bytes) are not taken; there is room for the chains of 400,000 cases.
LARGEST = 64 * 1024**2
#: Longest line, and longest part behind the chains, in bytes.
LONGEST_LINE, LONGEST_REST = 80, 1000
_ROW = re.compile(rb'\[\n"([0-9a-f]{64})",\n([0-9]{1,9}),\n"([0-9a-f]{64})"\n\](,?)\n')


class BadAnchor(Exception):
    """The file is none of ours."""


def chain_key(model, name):
    """Return the key of a chain in the file.

    :param model: name of the model, such as ``water.inquiry``
    :param name: what the events of the chain are bound to, such as the number of a case
    """
    return hashlib.sha256(f"{model}\n{name}".encode()).hexdigest()


def pieces(database, number, sealed_at, previous, chains, upto=None):
    """Yield the bytes of an anchor: equal for equal input, on every machine.

    One by one, since there may be a million chains.

    :param database: UUID of the database
    :param number: counted from 1
    :param sealed_at: naive UTC datetime, whole seconds
    :param previous: digest of the anchor before, None for the first
    :param chains: sorted rows ``(key, number of events, digest of the last)``, read once
    :param upto: {model: highest event number}, where the next anchor starts; the file contains only
        its digest, to hide how much happens
    """
    bound = json.dumps(upto or {}, sort_keys=True).encode()
    facts = {
        "format": FORMAT,
        "version": VERSION,
        "database": database,
        "number": number,
        "sealed_at": sealed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "previous": previous or None,
        "upto": hashlib.sha256(bound).hexdigest(),
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


def read(stream):
    """Return ``(number, digest)`` of an anchor in exactly the format of :func:`pieces`.

    Read line by line, so that little memory is needed for any file.

    :param stream: seekable binary stream
    :raises BadAnchor: for any other file
    """
    deque(read_rows(stream), maxlen=0)
    rest = stream.read(LONGEST_REST)
    try:
        facts = json.loads(b"{" + rest)
        known, number = (facts["format"], facts["version"]), facts["number"]
    except (ValueError, KeyError, RecursionError):
        raise BadAnchor from None
    if stream.read(1) or not rest.endswith(b"\n}\n") or known != (FORMAT, VERSION):
        raise BadAnchor
    if type(number) is not int or not 0 < number < 2**31:
        raise BadAnchor
    stream.seek(0)
    return number, hashlib.file_digest(stream, "sha256").hexdigest()


def read_rows(stream):
    """Yield ``(key, (number of events, digest))`` of the chains of an anchor.

    :param stream: seekable binary stream; left behind the chains
    :raises BadAnchor: where a line is not as :func:`pieces` writes it
    """
    stream.seek(0)
    line = partial(stream.readline, LONGEST_LINE)
    opening = line() + line()
    if opening == b'{\n"chains": [],\n':
        return
    if opening != b'{\n"chains": [\n':
        raise BadAnchor
    more = b","
    while more:
        found = _ROW.fullmatch(b"".join(line() for _part in range(5)))
        if not found:
            raise BadAnchor
        key, count, head, more = found.groups()
        yield key.decode(), (int(count), head.decode())
    if line() != b"],\n":
        raise BadAnchor
