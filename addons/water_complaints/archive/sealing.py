"""How a sealed file is made of its members; what one is and how it is checked: sealed_file."""

import json
import re

from .sealed_file import FORMAT, MANIFEST, SEAL, VERSION, _unpack, pack, sha256


def dump(value):
    """Return the one JSON text, as bytes, that stands for ``value``."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()


def safe_name(folder, number, name):
    """Return a safe member name for a file with an arbitrary name.

    :param folder: lower-case Latin letters
    :param number: its place; keeps names apart
    :param name: the name as it was given
    """
    stem, dot, ending = re.sub(r"[^\w.]+", "-", name or "").rpartition(".")
    if not dot:
        stem, ending = ending, ""
    ending = re.sub(r"\W", "", ending)[:8].lower()
    stem = re.sub(r"[-.]+", "-", stem).strip("-_")[:60].strip("-_")
    parts = f"{number:04d}-{stem}" if stem else f"{number:04d}"
    return f"{folder}/{parts}.{ending}" if ending else f"{folder}/{parts}"


def seal(members, facts, titles=None):
    """Return ``(bytes, SHA-256 of the manifest)`` of a sealed file.

    :param members: [(name, bytes)] without manifest and seal
    :param facts: facts of the case for the manifest, among them the keys of ``FACTS``
    :param titles: {member name: title}
    """
    titles = titles or {}
    rows = [
        {"name": name, "size": len(content), "sha256": sha256(content)}
        | ({"title": titles[name]} if name in titles else {})
        for name, content in members
    ]
    manifest = dump({"format": FORMAT, "version": VERSION, **facts, "members": rows})
    digest = sha256(manifest)
    last = [(MANIFEST, manifest), (SEAL, f"{digest}  {MANIFEST}\n".encode())]
    return pack([*members, *last]), digest


def unpacked(content):
    """Return ``{name: bytes}`` of a sealed file that is known to be sound.

    :param content: the bytes of the file
    """
    return dict(_unpack(content))
