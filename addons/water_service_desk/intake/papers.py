"""Documents from strangers without what tells who made them: author, company, device, place.

The properties of a letter must not name the author of an anonymous complaint (S2.2.4), and a
document must not act by itself on the machine of the reader. PDFs are written anew by QPDF
(``file_writer.py``); the parts of Office documents are cleaned here, and by ``active.py``.
"""

import io
import re
import zipfile
import zlib
from contextlib import suppress

from .active import Unreadable, at_home, is_markup
from .file_writer import PDF, PictureError, without_places
from .pictures import run_writer

#: Bytes that an Office document may unpack to, and parts it may have.
MOST_BYTES = 64 * 1024 * 1024
MOST_PARTS = 4000
_OFFICE = re.compile(r"application/vnd\.openxmlformats-officedocument\.")
#: All parts are of one day, that of the format.
_DAY = (1980, 1, 1, 0, 0, 0)

_NS = b"http://schemas.openxmlformats.org/"
_EMPTY = {
    "docProps/core.xml": b'<coreProperties xmlns="%spackage/2006/metadata/core-properties"/>' % _NS,
    "docProps/app.xml": b'<Properties xmlns="%sofficeDocument/2006/extended-properties"/>' % _NS,
    "docProps/custom.xml": b'<Properties xmlns="%sofficeDocument/2006/custom-properties"/>' % _NS,
}
#: Authors of comments, changes and the last save.
_BY = re.compile(
    rb"(\b(?:w:author|w:initials|w15:author|w15:userId|displayName|userId|userName|lastModifiedBy)="
    rb")(?:\"[^\"<]*\"|'[^'<]*')"
)
_AUTHOR = re.compile(rb"(<author>)[^<]*(</author>)")


class PaperError(ValueError):
    """The document cannot be taken as it is."""

    fault = "paper"


def is_paper(mimetype):
    """Whether files of this type carry the name of their author."""
    return mimetype == PDF or bool(_OFFICE.match(mimetype or ""))


def nameless(content, mimetype):
    """Return the document without its author.

    :param content: bytes of a file whose beginning says ``mimetype``
    :raises PaperError: when it is damaged, needs a password, or unpacks to more than a letter does
    """
    if mimetype != PDF:
        return _office(content)
    try:
        return run_writer(content, PDF)
    except PictureError as error:
        raise PaperError from error


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
    # the library raises any error on bytes made to break it
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
    if is_markup(content):  # under any name
        with suppress(Unreadable):
            return at_home(content)
    return without_places(content)
