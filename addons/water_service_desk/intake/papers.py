"""Documents from strangers without what tells who made them: author, company, device, place.

Whoever complains without a name must not be told by the properties of his letter (S2.2.4). Nor does
a letter do anything by itself on the machine of whoever opens it: see ``active.py``. Words and
pictures of a document stay as they are. Nothing is rendered or parsed in depth: the work grows with
the length of the file, whatever is in it.
"""

import io
import re
import zipfile
import zlib
from bisect import bisect
from contextlib import suppress

from .active import Unreadable, at_home, is_markup, named, still

#: Bytes that an Office document may unpack to, and parts it may have.
MOST_BYTES = 64 * 1024 * 1024
MOST_PARTS = 4000
#: Bytes to which one stream of a PDF is unpacked when it is looked through.
MOST_STREAM = 4 * 1024 * 1024
PDF = "application/pdf"
_OFFICE = re.compile(r"application/vnd\.openxmlformats-officedocument\.")
#: All parts are of one day, that of the format.
_DAY = (1980, 1, 1, 0, 0, 0)

_NS = b"http://schemas.openxmlformats.org/"
_EMPTY = {
    "docProps/core.xml": b'<coreProperties xmlns="%spackage/2006/metadata/core-properties"/>' % _NS,
    "docProps/app.xml": b'<Properties xmlns="%sofficeDocument/2006/extended-properties"/>' % _NS,
    "docProps/custom.xml": b'<Properties xmlns="%sofficeDocument/2006/custom-properties"/>' % _NS,
}
#: Who has commented, changed or saved last.
_BY = re.compile(
    rb"(\b(?:w:author|w:initials|w15:author|w15:userId|displayName|userId|userName|lastModifiedBy)="
    rb")(?:\"[^\"<]*\"|'[^'<]*')"
)
_AUTHOR = re.compile(rb"(<author>)[^<]*(</author>)")

#: A string of a PDF, with one pair of brackets within the other.
_STRING = (
    rb"\s{0,8}(?:\((?:\\.|[^\\()]|\((?:\\.|[^\\()]){0,400}+\)){0,4000}+\)|<[0-9A-Fa-f\s]{0,8000}+>)"
)
#: What the dictionary of a PDF says of its making, and where it says more.
_MADE = re.compile(
    rb"/(?:Author|Creator|Producer|Company|Manager|LastModifiedBy|Keywords|CreationDate|ModDate)"
    + _STRING,
    re.DOTALL,
)
#: Who has written a note: the title of its dictionary, unless that is a field of a form.
_NOTE = re.compile(rb"<<|>>|(/T" + _STRING + rb")|(/(?:FT|Widget|Kids)\b)", re.DOTALL)
_LINKS = re.compile(rb"/(?:Info|Metadata)\s{1,8}\d{1,10}\s{1,8}\d{1,5}\s{1,8}R\b")
_STREAM = re.compile(rb"/ObjStm\b[^>]{0,400}>>\s{0,8}stream\r?\n")
_STREAM_NAME = re.compile(named(b"ObjStm"))
#: What is said of such a stream where it can be looked through: packed in one way or not at all.
_STREAM_HEAD = re.compile(
    rb"<<(?:\s*/(?:Type|ObjStm|N|First|Length|Filter|FlateDecode|Extends|DecodeParms\s{0,8}null)\b"
    rb"|[\s\[\]0-9R]+)*+>>\s{0,8}stream\r?\n"
)
#: A file within the PDF, whose author is named in that file.
_ATTACHED = re.compile(rb"/EmbeddedFile\b(?:[^>]|>(?!>\s{0,8}stream)){0,400}+>>\s{0,8}stream\r?\n")
_PACKET = (b"<?xpacket begin=", b"<?xpacket end=")


class PaperError(ValueError):
    """The document cannot be taken as it is."""

    fault = "paper"


def is_paper(mimetype):
    """Whether files of this type carry the name of their author."""
    return mimetype == PDF or bool(_OFFICE.match(mimetype or ""))


def nameless(content, mimetype):
    """The document without its author.

    :param content: bytes of a file whose beginning says ``mimetype``
    :raises PaperError: when it is damaged, or unpacks to more than a letter does
    """
    return _pdf(content) if mimetype == PDF else _office(content)


def _office(content):
    written = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old:
            parts = old.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
                raise PaperError
            with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
                for part in parts:
                    kept = zipfile.ZipInfo(part.filename, _DAY)
                    # packed as the file was: some kilobytes would be kept as many megabytes
                    kept.compress_type = zipfile.ZIP_DEFLATED
                    new.writestr(kept, _part(old, part))
    # the library raises whatever it likes on bytes that were made to break it
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, EOFError) as error:
        raise PaperError from error
    except (NotImplementedError, KeyError, IndexError, OverflowError, Unreadable) as error:
        raise PaperError from error
    return written.getvalue()


def _part(archive, part):
    """One part of an Office document without names."""
    if part.filename in _EMPTY:
        return _EMPTY[part.filename]
    content, ending = archive.read(part), part.filename.lower().rpartition(".")[2]
    if ending in ("xml", "rels"):
        return _AUTHOR.sub(rb"\1\2", _BY.sub(rb'\1""', at_home(content)))
    if is_markup(content):  # whatever it is called
        with suppress(Unreadable):
            return at_home(content)
    return bytes(_without_places(bytearray(content)))


def _pdf(content):
    """Every place is overwritten by as many blanks: what points to a place in the file holds."""
    text = bytearray(_blanked(content))
    _blank_streams(text, _STREAM, _blanked, all_of=_STREAM_NAME)
    _blank_streams(text, _ATTACHED, _attached)
    start = text.find(_PACKET[0])
    while start >= 0:
        end = text.find(_PACKET[1], start)
        if end < 0:
            break
        first = text.find(b"?>", start, end) + 2
        if first > 1:
            text[first:end] = b" " * (end - first)
        start = text.find(_PACKET[0], end)
    return bytes(_without_places(text))


def _blank_streams(text, pattern, blank, all_of=None):
    """The same in packed streams; one that begins within another is none.

    :param pattern: how such a stream begins
    :param blank: what is done to its bytes
    :param all_of: by what all streams of this kind are known, when none may be left out
    :raises PaperError: for such a one that cannot be looked through
    """
    ends = [found.start() for found in re.finditer(rb"endstream", text)]
    begins = [found.span() for found in pattern.finditer(bytes(text))]
    if all_of:
        _check_heads(text, begins, all_of)
    left = MOST_BYTES
    following = [*(begin for begin, _start in begins[1:]), len(text)]
    for (_begin, start), limit in zip(begins, following, strict=False):
        place = bisect(ends, start)
        if place < len(ends) and ends[place] <= limit:
            left -= _blank_packed(text, start, ends[place], blank, is_strict=bool(all_of))
        elif all_of:
            raise PaperError
        if left < 0:
            raise PaperError


def _check_heads(text, begins, name):
    """Each stream of a name begins as programs write it, and says how it is packed."""
    known = {begin for begin, _start in begins}
    for begin, start in begins:
        head = text.rfind(b"<<", max(0, begin - 400), begin)
        if head < 0 or not _STREAM_HEAD.fullmatch(text, head, start):
            raise PaperError
    if any(found.start() not in known for found in name.finditer(text)):
        raise PaperError


def _blanked(content):
    content = still(content)
    for pattern in (_MADE, _LINKS):
        content = pattern.sub(lambda found: b" " * len(found[0]), content)
    return _without_writers(content)


def _without_writers(content):
    """Notes do not say by whom; what belongs to a form keeps its name, which is how it works."""
    text, around = bytearray(content), []
    for found in _NOTE.finditer(content):
        if found[0] == b"<<":
            around.append(None)
        elif found[0] == b">>":
            for start, end in (around and around.pop()) or ():
                text[start:end] = b" " * (end - start)
        elif around and found[2]:
            around[-1] = ()  # a field
        elif around and around[-1] != ():
            around[-1] = [*(around[-1] or ()), found.span()]
    return bytes(text)


def _attached(content):
    """A document within the document, without its author."""
    if content.startswith(b"%PDF-"):
        return _blanked(content)
    return _office(content) if content.startswith(b"PK\x03\x04") else content


def _blank_packed(text, start, end, blank, is_strict):
    """The same in one stream, packed anew into the room that it has.

    :param is_strict: whether one that is packed and cannot be unpacked to its end is refused:
        programs that show it may read what is there
    :return: how many bytes were unpacked
    """
    packed = bytes(text[start:end]).rstrip(b"\r\n")
    try:
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(packed, MOST_STREAM)
    except zlib.error:
        if is_strict and _begins(packed):
            raise PaperError from None
        return 0
    if is_strict and plain and not unpacker.eof:
        raise PaperError
    clean = blank(plain)
    if unpacker.eof and clean != plain:
        anew = zlib.compress(clean, 9)
        if len(anew) > len(packed):
            raise PaperError
        text[start : start + len(packed)] = anew.ljust(len(packed), b"\0")
    return len(plain)


def _begins(packed):
    """Whether anything can be unpacked at all; of what is encrypted, nothing."""
    unpacker, first = zlib.decompressobj(), packed[:1024]
    try:
        return any(unpacker.decompress(first[at : at + 1]) for at in range(len(first)))
    except zlib.error:
        return False


def _without_places(content):
    """Photos in it lose what their telephone has written: when, where, by which device."""
    for name in (b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"):
        at = content.find(name)
        while at >= 0:
            if content[at - 4 : at - 2] == b"\xff\xe1":
                end = at - 2 + int.from_bytes(content[at - 2 : at], "big")
                end = min(end, len(content))
                content[at + len(name) : end] = b"\0" * max(0, end - at - len(name))
            at = content.find(name, at + 1)
    return content
