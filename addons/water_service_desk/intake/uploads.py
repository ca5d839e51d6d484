"""Accepted files of customers: judged by their bytes, not by name or header alone.

And the field with a record's list of files.
"""

import io
import os
import re
import unicodedata
import zipfile

from .papers import is_paper, nameless
from .pictures import is_picture, rewrite

HEAD = 64
NAME_LENGTH = 120
_OFFICE = "application/vnd.openxmlformats-officedocument."

#: Detected type → allowed extensions.
EXTENSIONS = {
    "image/jpeg": ("jpg", "jpeg", "jfif"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/heic": ("heic", "heif"),
    "application/pdf": ("pdf",),
    "video/mp4": ("mp4", "m4v"),
    "video/quicktime": ("mov",),
    "audio/mp4": ("m4a",),
    "audio/mpeg": ("mp3",),
    _OFFICE + "wordprocessingml.document": ("docx",),
    _OFFICE + "spreadsheetml.sheet": ("xlsx",),
}
#: Types a browser may show in the page; everything else is saved to disk.
INLINE = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
#: For the file chooser of forms.
ACCEPT = ",".join(f".{extension}" for group in EXTENSIONS.values() for extension in group)

_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
)
#: Brands of the ISO media container (bytes 8 to 12 of the file).
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim"), "image/heic"),
    **dict.fromkeys((b"isom", b"iso2", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1"), "video/mp4"),
    **dict.fromkeys((b"M4V ", b"MSNV", b"dash", b"3gp4", b"3gp5"), "video/mp4"),
    b"M4A ": "audio/mp4",
    b"qt  ": "video/quicktime",
}
#: Parts of a document that are programs.
_MACROS = re.compile(r"vbaproject|macrosheets[/\\]", re.I)
_PARTS = {
    "word/document.xml": _OFFICE + "wordprocessingml.document",
    "xl/workbook.xml": _OFFICE + "spreadsheetml.sheet",
}


def sniff(stream):
    """Return the type of a file by its bytes.

    :param stream: seekable binary stream; left at its beginning
    :return: a key of :data:`EXTENSIONS`, or None for other types
    """
    stream.seek(0)
    head = stream.read(HEAD)
    mimetype = _by_signature(head)
    if mimetype is None and head.startswith(b"PK\x03\x04"):
        mimetype = _by_parts(stream)
    stream.seek(0)
    return mimetype


def _by_signature(head):
    for signature, mimetype in _SIGNATURES:
        if head.startswith(signature):
            return mimetype
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    return None


def _by_parts(stream):
    """Return the type of an Office document: a ZIP file with a certain part, and no macros."""
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names or any(map(_MACROS.search, names)):
        return None
    return next((mimetype for part, mimetype in _PARTS.items() if part in names), None)


def size(stream):
    """Bytes in ``stream``, which is left at its beginning."""
    length = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return length


class CleanFile(io.BytesIO):
    """The bytes of a file that :func:`clean` has been over already; no form can send one."""


def clean(name, stream):
    """Return the stored form of a file accepted by :func:`check`.

    :param name: file name, made safe
    :param stream: seekable binary stream
    :return: ``(name, bytes, mimetype)``; pictures are written anew, documents lose their author,
        others are unchanged
    :raises PictureError: for a picture that is broken or too large to decode
    :raises PaperError: for a document that is damaged
    """
    mimetype, content = sniff(stream), stream.read()
    if isinstance(stream, CleanFile):
        return name, content, mimetype
    if is_paper(mimetype):
        return name, nameless(content, mimetype), mimetype
    if not is_picture(mimetype):
        return name, content, mimetype
    content, written = rewrite(content, mimetype)
    if written != mimetype:
        name = f"{name.rpartition('.')[0]}.{EXTENSIONS[written][0]}"
    return name, content, written


def safe_name(name, fallback="file"):
    """Return a file name without path, control characters or excess length.

    :param name: as sent by the browser
    :param fallback: used if nothing is left
    """
    name = re.split(r"[\\/]", name or "")[-1]
    name = "".join([char for char in name if unicodedata.category(char)[0] != "C"])
    stem, dot, extension = name.strip(" .").rpartition(".")
    if not dot:
        return (extension or fallback)[:NAME_LENGTH]
    return f"{(stem or fallback)[:NAME_LENGTH]}.{extension[:10]}"


class LostFile(io.BytesIO):
    """A file that a form still names but that no longer exists."""


def check(name, stream, max_mb):
    """Judge one file.

    :param name: file name as sent
    :param stream: seekable binary stream
    :param max_mb: largest size in megabytes (2**20 bytes)
    :return: ``(mimetype, fault)``; fault is None, "lost", "empty", "large", "type" or "mismatch"
    """
    if isinstance(stream, LostFile):
        return None, "lost"
    length = size(stream)
    if not length:
        return None, "empty"
    if length > max_mb * 1024 * 1024:
        return None, "large"
    mimetype = sniff(stream)
    if mimetype is None:
        return None, "type"
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in EXTENSIONS[mimetype]:
        return None, "mismatch"
    return mimetype, None
