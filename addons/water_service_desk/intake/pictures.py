"""Pictures from strangers: decoded within limits and written anew, without metadata.

A telephone's photo contains place, time and device; another file may follow the picture's end. Only
the picture itself is kept (S2.2.4). Its header is checked here; another process decodes it,
``file_writer.py``, with limited time and memory: a picture made to stop the service stops that
process.
"""

import subprocess
import sys
from pathlib import Path

from .file_writer import FAULTS, FORMATS, PictureError

#: Largest picture in pixels, all frames together; a telephone's camera takes 12 to 50 million.
MAX_PIXELS = 64_000_000
#: An animation is cut off after so many frames.
MAX_FRAMES = 60
#: Scans of a JPEG: a progressive one has about 10, and each is work for the whole picture.
MAX_SCANS = 100
#: Seconds by the clock, on a machine that has other things to do.
PATIENCE = 40
WRITER = Path(__file__).with_name("file_writer.py")


def is_picture(mimetype):
    """Whether files of this type are written anew."""
    return mimetype in FORMATS


def rewrite(content, mimetype):
    """Return the picture alone: upright, in its colours, without metadata.

    :param content: bytes of a file whose beginning says ``mimetype``
    :return: ``(bytes, mimetype)``; photos in HEIC become JPEG
    :raises PictureError: if it is broken, or larger or slower than a camera's
    """
    check_structure(content, mimetype)
    return run_writer(content, mimetype), _written_type(mimetype)


def run_writer(content, mimetype):
    """Return the file as written by ``file_writer.py``.

    :param content: bytes
    :param mimetype: of a picture or a PDF
    :raises PictureError: with the fault
    """
    args = [sys.executable, "-I", WRITER, mimetype, str(MAX_PIXELS), str(MAX_FRAMES)]
    try:
        done = subprocess.run(args, input=content, capture_output=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise PictureError("pixels") from error
    if done.returncode:  # below zero: the system has stopped it at a limit
        raise PictureError(FAULTS.get(done.returncode, "pixels"))
    return done.stdout


def _written_type(mimetype):
    return "image/jpeg" if FORMATS[mimetype][1] == "JPEG" else mimetype


def check_structure(content, mimetype):
    """Refuse by its structure alone what would take time or memory out of all proportion.

    :raises PictureError: for such a picture
    """
    if mimetype == "image/jpeg" and content.count(b"\xff\xda") > MAX_SCANS:
        raise PictureError("pixels")
    if mimetype == "image/webp" and _webp_pixels(content) > MAX_PIXELS:
        raise PictureError("pixels")


def _webp_pixels(content):
    """Pixels of a WebP by its header: its decoder takes room for them when it is opened."""
    kind, data = content[12:16], content[20:30].ljust(10, b"\0")
    if kind == b"VP8X":
        width, height = (1 + int.from_bytes(data[at : at + 3], "little") for at in (4, 7))
    elif kind == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    return width * height
