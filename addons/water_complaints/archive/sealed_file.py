"""Sealed files of archived complaints: their format and their check.

This module needs nothing but Python: no Odoo, no database, no network. ``bin/verify-archive`` runs
it, and so does ``python3 sealed_file.py FILE`` on the desk of a court or an auditor.

A sealed file is a ZIP whose every byte follows from its content: members in a fixed order, one date
for all, no compression. A checker packs the members again and compares byte by byte; no member can
unpack to more than its size.
"""

import argparse
import hashlib
import io
import json
import os
import re
import stat
import sys
import zipfile
from datetime import datetime
from functools import partial

FORMAT = "water-sealed-file"
VERSION = 1
MANIFEST = "manifest.json"
#: Digest of the manifest, as ``sha256sum`` writes and checks it.
SEAL = "manifest.sha256"
CASE = "case.json"
EVENTS = "events.jsonl"
ANCHOR = "water-anchor"
DOSSIER = "dossier.pdf"
#: Fields of the manifest that are no members.
FACTS = ("format", "version", "archive_number", "case", "event_head", "event_count")
EPOCH, MOMENT = (1980, 1, 1, 0, 0, 0), "%Y-%m-%dT%H:%M:%SZ"
#: Largest file that is read at all, and the largest anchor, of a million cases.
MAX_BYTES = 4 * 1024**3
MAX_ANCHOR = 256 * 1024**2
#: Longest line of an anchor, and longest part behind its chains, in bytes.
LONGEST_LINE, LONGEST_REST = 80, 1000
ANCHOR_ROW = re.compile(rb'\[\n"([0-9a-f]{64})",\n([0-9]{1,9}),\n"([0-9a-f]{64})"\n\](,?)\n')
NO_ANCHOR = "This is no anchor of event chains."
#: Most faults listed.
MOST_TOLD = 100
MAX_MEMBERS, LONGEST_NAME = 20_000, 120
SAFE_NAME = re.compile(r"(?:[a-z]{1,20}/)?[^\W.-][\w.-]*", re.UNICODE)


class BadFile(Exception):
    """Why a file is no sound sealed file, in words."""


class BadAnchor(BadFile):
    """Why files are no anchors."""


def sha256(content):
    """Return the SHA-256 as hexadecimal text."""
    return hashlib.sha256(content).hexdigest()


def pack(members):
    """Return the bytes of the ZIP of ``members``: the same for the same, on every machine.

    :param members: [(name, bytes)], in the order in which they stand in the file
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system = 3
            info.external_attr = 0o100444 << 16
            archive.writestr(info, content)
    return stream.getvalue()


# -- checking ---------------------------------------------------------------------------------


def check(content, expected=None):
    """Return the manifest of a sound sealed file.

    :param content: the bytes of the file
    :param expected: SHA-256 of the file as the database keeps it (``archive_digest``), or None
    :raises BadFile: with everything that is wrong, a line each
    """
    members = _unpack(content)
    faults = []
    if expected and sha256(content) != expected.strip().lower():
        faults.append("The file is not the one that the database has sealed: its SHA-256 differs.")
    if pack(members) != content:
        faults.append("The file was changed around its members, or was not packed by the system.")
    manifest = _manifest(dict(members), faults)
    faults += _member_faults(members, manifest)
    faults += _case_faults(dict(members), manifest)
    faults += _chain_faults(dict(members), manifest)
    if faults:
        raise BadFile("\n".join(faults))
    return manifest


def _unpack(content):
    """Return [(name, bytes)]; refuse impossible members before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            _check_infos(infos, len(content))
            return [(info.filename, archive.read(info)) for info in infos]
    except BadFile:
        raise
    except Exception as error:  # any error that the library raises for a broken file
        raise BadFile(f"The file cannot be read as a ZIP: {error}") from error


def _check_infos(infos, weight):
    names = [info.filename for info in infos]
    if len(infos) > MAX_MEMBERS:
        raise BadFile(f"The file has {len(infos)} members, more than any sealed file.")
    for name in names:
        if len(name) > LONGEST_NAME or not SAFE_NAME.fullmatch(name):
            raise BadFile(f"A member has a name that no sealed file has: {name[:LONGEST_NAME]!r}")
    if len(set(names)) != len(names):
        raise BadFile("Two members have the same name.")
    if any(info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 0x1 for info in infos):
        raise BadFile("A member is compressed or encrypted; in a sealed file none is.")
    if sum(info.file_size for info in infos) > weight:
        raise BadFile("The members claim to be larger than the file.")


def _read_json(content, name, kind, faults):
    try:
        value = json.loads(content.decode())
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, kind):
        faults.append(f"{name} cannot be read.")
        return kind()
    return value


def _manifest(members, faults):
    """Return the manifest as far as it can be trusted; add its faults to ``faults``."""
    if MANIFEST not in members or SEAL not in members:
        raise BadFile("The file has no manifest: it is no sealed file.")
    content = members[MANIFEST]
    if members[SEAL] != f"{sha256(content)}  {MANIFEST}\n".encode():
        faults.append("The manifest was altered: its SHA-256 is not the one beside it.")
    manifest = _read_json(content, "The manifest", dict, faults)
    if (manifest.get("format"), manifest.get("version")) != (FORMAT, VERSION):
        faults.append("The manifest is of no kind that this program knows.")
    absent = [name for name in FACTS if name not in manifest]
    if absent:
        faults.append(f"The manifest does not say: {', '.join(absent)}.")
    return manifest


def _member_faults(members, manifest):
    rows = manifest.get("members")
    rows = rows if isinstance(rows, list) else []
    named = [row for row in rows if isinstance(row, dict) and isinstance(row.get("name"), str)]
    rows = {row["name"]: row for row in named}
    faults = []
    for name, content in members:
        if name in (MANIFEST, SEAL):
            continue
        row = rows.pop(name, None)
        if row is None:
            faults.append(f"{name} was added: the manifest does not know it.")
        elif row.get("size") != len(content) or row.get("sha256") != sha256(content):
            faults.append(f"{name} was altered: its SHA-256 is not the one of the manifest.")
    faults += [f"{name} is missing." for name in rows]
    return faults + [f"{name} is missing." for name in (CASE, EVENTS) if name not in dict(members)]


def _case_faults(members, manifest):
    if CASE not in members:
        return []
    faults = []
    case = _read_json(members[CASE], CASE, dict, faults)
    if case and case.get("number") != manifest.get("case"):
        faults.append(f"{CASE} is about another case than the manifest.")
    return faults


def event_digest(case, event):
    """Return the expected digest of an event of the chain.

    Equal to ``water_service_desk.base.event_chain``; the tests compare both.

    :param case: number of the case
    :param event: one line of the chain, read
    """
    seal_ = event.get("payload_seal") or _words_digest(event)
    at = datetime.strptime(event["at"], MOMENT).strftime(MOMENT)
    first = (event.get("previous_digest") or "", case or "", event["kind"], at)
    return sha256("\n".join((*first, str(event["user_id"]), seal_)).encode())


def _chain_faults(members, manifest):
    """Return the faults of the event chain (design rule 5)."""
    faults, previous, events = [], None, []
    # not splitlines(): the words of people may hold other ends of lines
    lines = members.get(EVENTS, b"").decode(errors="replace").split("\n")[:-1]
    for place, line in enumerate(lines, 1):
        event = _read_json(line.encode(), f"Event no. {place}", dict, faults)
        if not event:
            continue
        if (event.get("previous_digest") or None) != previous:
            faults.append(f"An event before no. {place} is missing.")
        try:
            words = _words_digest(event)
            sound = event_digest(manifest.get("case"), event) == event.get("digest")
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
            sound, words = False, None
        if not sound:
            faults.append(f"Event no. {place} was altered: its digest does not fit.")
        events.append((str(event.get("id")), event, words))
        previous = event.get("digest")
    if _loose_words(events):
        faults.append("The words of an event were taken out, and no erasure is on record.")
    if previous != manifest.get("event_head") or len(lines) != manifest.get("event_count"):
        faults.append("The newest events are missing.")
    return faults


def _loose_words(events):
    """Events whose words no erasure after them names, or of which it has left others."""
    gone, left = set(), {}
    for number, event, _words in events:
        payload = event.get("payload")
        if event.get("kind") == "erased" and isinstance(payload, dict):
            named, seals = payload.get("events"), payload.get("left")
            gone.difference_update(map(str, named if isinstance(named, list) else ()))
            left.update(seals if isinstance(seals, dict) else {})
        if event.get("payload_seal"):
            gone.add(number)
    return gone.union(number for number, _row, words in events if left.get(number, words) != words)


def _words_digest(event):
    words, compact = event.get("payload") or {}, (",", ":")
    text = json.dumps(words, sort_keys=True, ensure_ascii=False, separators=compact)
    return sha256(text.encode())


# -- anchors: what was kept outside the database ---------------------------------------------


def read_anchors(paths, case, own):
    """Return ``[(number, events, digest)]`` of a case and its file from anchors, in their order.

    The anchors are those of ``water_service_desk.anchor``; the tests compare both. Each is read
    line by line: only the rows of case and file are kept.

    :param paths: of the files, in any order
    :param case: number of the case
    :param own: SHA-256 of the sealed file
    :raises BadAnchor: for any other file, or a gap in the sequence
    """
    key, anchors = sha256(f"water.complaint\n{case}".encode(errors="replace")), {}
    for path in paths:
        try:
            number, anchor = _read_anchor(path, {key, own})
        except BadFile as error:
            raise BadAnchor(f"{path}: {error}") from None
        if anchors.setdefault(number, anchor) != anchor:
            raise BadAnchor(f"Two different files say that they are anchor no. {number}.")
    for number, (previous, _digest, _marks) in sorted(anchors.items()):
        before = anchors.get(number - 1)
        if before and previous != before[1]:
            fault = f"Anchor no. {number} does not follow no. {number - 1}: one was altered."
            raise BadAnchor(fault)
    return [(number, *mark) for number in sorted(anchors) for mark in anchors[number][2]]


def _read_anchor(path, known):
    with _open(path, MAX_ANCHOR) as stream:
        marks = [row[1:] for row in _anchor_rows(stream) if known & {row[0], row[2]}]
        facts = _anchor_facts(stream.read(LONGEST_REST))
        stream.seek(0)
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return facts["number"], (facts.get("previous"), digest, marks)


def _anchor_rows(stream):
    """Yield ``(key, number of events, digest)`` of the chains of an anchor, one by one."""
    line = partial(stream.readline, LONGEST_LINE)
    opening = line() + line()
    if opening == b'{\n"chains": [],\n':
        return
    more = b"," if opening == b'{\n"chains": [\n' else b""
    if not more:
        raise BadFile(NO_ANCHOR)
    while more:
        found = ANCHOR_ROW.fullmatch(b"".join(line() for _part in range(5)))
        if not found:
            raise BadFile(NO_ANCHOR)
        key, count, head, more = found.groups()
        yield key.decode(), int(count), head.decode()
    if line() != b"],\n":
        raise BadFile(NO_ANCHOR)


def _anchor_facts(rest):
    faults = []
    facts = _read_json(b"{" + rest, "An anchor", dict, faults)
    known = (facts.get("format"), facts.get("version"), type(facts.get("number")))
    if faults or known != (ANCHOR, 1, int) or not rest.endswith(b"\n}\n"):
        raise BadFile(NO_ANCHOR)
    return facts


def anchor_faults(content, marks):
    """Return where a sound sealed file differs from the ``marks`` of :func:`read_anchors`.

    The chain goes on with the event of the sealing, which the file does not contain.
    """
    own, lines = sha256(content), dict(_unpack(content))[EVENTS].decode().split("\n")[:-1]
    heads = [json.loads(line)["digest"] for line in lines]
    faults = [
        f"This is not the chain of anchor no. {number}: it was written anew."
        for number, count, head in marks
        if head != own and count <= len(heads) and (count < 1 or heads[count - 1] != head)
    ]
    if own not in {head for _number, _count, head in marks}:
        faults.append("None of these anchors names this file: it was made or sealed after them.")
    return faults


def main(arguments=None):
    """Check the files named on the command line.

    :return: 0 when all are sound, 1 when one is not, 2 when one cannot be opened
    """
    for stream in (sys.stdout, sys.stderr):
        # a console of Windows may know no Chinese: it shows the numbers of the characters instead
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    parser = argparse.ArgumentParser(
        prog="verify-archive",
        description="Checks sealed files of archived complaints: every checksum, the manifest and"
        " the chain of events. Needs neither Odoo nor a database.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a sealed file (.zip)")
    parser.add_argument("--digest", help="SHA-256 of the one file, as the database shows it")
    kept = "anchors of event chains (anchor-*.json) that were kept outside the database"
    parser.add_argument("--anchor", nargs="+", metavar="ANCHOR", help=kept)
    options = parser.parse_args(arguments)
    if options.digest and len(options.files) > 1:
        parser.error("--digest is for one file")
    return max(_report(path, options.digest, options.anchor) for path in options.files)


def _open(path, most):
    found = os.stat(path)
    if not stat.S_ISREG(found.st_mode):
        raise BadFile("This is no file.")
    if found.st_size > most:
        raise BadFile("The file is larger than any sealed file or anchor.")
    return open(path, "rb")


def _said(text):
    """Return a text for the terminal with unprintable characters escaped."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in str(text))


def _report(path, expected, anchors):
    # pylint: disable=print-used  # a command at the terminal
    try:
        with _open(path, MAX_BYTES) as stream:
            content = stream.read(MAX_BYTES)
        manifest = check(content, expected)
        marks = read_anchors(anchors, manifest["case"], sha256(content)) if anchors else None
        faults = anchor_faults(content, marks) if anchors else []
    except (BadAnchor, OSError) as error:
        print(f"{_said(path)}: cannot be checked: {_said(error)}", file=sys.stderr)
        return 2
    except MemoryError:
        faults = ["There is not enough memory to check it."]
    except BadFile as error:
        faults = str(error).split("\n")
    if faults:
        print(f"{_said(path)}: NOT SOUND")
        print("\n".join(f"  - {_said(line)}" for line in faults[:MOST_TOLD]))
        return 1
    print(f"{_said(path)}: sound")
    print(f"  archive number  {_said(manifest['archive_number'])}")
    print(f"  case            {_said(manifest['case'])}")
    print(f"  members         {len(manifest['members'])}, events {manifest['event_count']}")
    print(f"  SHA-256         {sha256(content)}")
    if not (expected or anchors):
        print("  Compare this SHA-256 with the one that the archive shows for the case.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
