"""Asks a virus scanner (clamd, by its socket) about the bytes of a file, without storing them."""

import re
import socket
import struct
from contextlib import closing, suppress

#: Seconds for connecting, and for each piece of the talk.
SECONDS = 10
PIECE = 65536
#: Longest answer that is read, in bytes.
LONGEST = 4096
#: The file that every scanner takes for a virus, in two parts: this one shall not be taken for it.
TEST = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_TCP = re.compile(r"tcp:(\[[0-9a-fA-F:]+\]|[\w.-]+):([0-9]{1,5})")


class ScannerError(Exception):
    """The scanner cannot be reached, or has not judged."""


def is_address(text):
    """Whether it is an address of a scanner: ``unix:/path`` or ``tcp:host:port``.

    :param text: as typed in the settings
    """
    if text.startswith("unix:/"):
        return True
    found = _TCP.fullmatch(text)
    return found is not None and 0 < int(found[2]) < 65536


def find(address, stream):
    """Return the name of the virus in a file, or None.

    :param address: as accepted by :func:`is_address`
    :param stream: seekable binary stream; left at its beginning
    :raises ScannerError: without a result
    """
    stream.seek(0)
    try:
        with closing(_connect(address)) as talk:
            answer = _ask(talk, stream)
    except OSError as error:
        raise ScannerError(error.strerror or "timeout") from error
    finally:
        stream.seek(0)
    verdict = answer.rstrip(b"\0\n").decode(errors="replace")
    if verdict == "stream: OK":
        return None
    if verdict.startswith("stream: ") and verdict.endswith(" FOUND"):
        return verdict.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerError(verdict[:100] or "no answer")


def _connect(address):
    if address.startswith("unix:"):
        talk = socket.socket(socket.AF_UNIX)
        talk.settimeout(SECONDS)
        try:
            talk.connect(address.removeprefix("unix:"))
        except OSError:
            talk.close()
            raise
        return talk
    host, _colon, port = address.removeprefix("tcp:").rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), SECONDS)


def _ask(talk, stream):
    """Send the file in pieces, each with its length, and read one answer."""
    with suppress(BrokenPipeError, ConnectionResetError):  # it says why before the end: too large
        talk.sendall(b"zINSTREAM\0")
        while piece := stream.read(PIECE):
            talk.sendall(struct.pack("!L", len(piece)) + piece)
        talk.sendall(struct.pack("!L", 0))
    answer = b""
    while len(answer) < LONGEST and not answer.endswith(b"\0"):
        piece = talk.recv(LONGEST)
        if not piece:
            break
        answer += piece
    return answer
