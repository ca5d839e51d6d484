"""Checks the size of a workbook before a library reads it.

Two kilobytes can name a cell in the last row and column, merge all cells of a sheet, or contain
millions of empty ones; a library makes an object of each.
"""

import io
import re
import zipfile
from contextlib import suppress

from lxml import etree

#: Most bytes and tags of all parts of a workbook; the rectangle that its cells may span.
MAX_BYTES, MAX_TAGS, MAX_CELLS = 64 * 1024 * 1024, 600_000, 2_000_000
#: A sheet that is repeated to its last column.
MAX_REPEATED = 16_384
_CHUNK = 256 * 1024
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
#: Parts of a sheet whose ``ref`` is gone through cell by cell.
_AREAS = frozenset({"mergeCell", "hyperlink"})


class TooLargeError(ValueError):
    """A workbook that grows to more than is read."""


def check(content, most_tags=MAX_TAGS):
    """Refuse a workbook (XLSX, ODS) that takes minutes or gigabytes to read.

    :param bytes content: the file; other formats are left to the reader
    :param int most_tags: in all its parts
    :raises TooLargeError: for one that grows too large
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > MAX_BYTES:
                raise TooLargeError("bytes")
            tags = most_tags
            for part in parts:
                tags -= _tags(archive, part, tags)
    except (zipfile.BadZipFile, OSError, RuntimeError, EOFError, NotImplementedError):
        return


def _tags(archive, part, most):
    """Return the number of tags of one part, up to its first XML error."""
    sheet = _Sheet(most)
    parser = etree.XMLParser(target=sheet, resolve_entities=False, no_network=True)
    with suppress(etree.LxmlError), archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            parser.feed(chunk)
    return sheet.tags


class _Sheet:
    """Counts tags while reading, and stores nothing."""

    def __init__(self, most):
        self.most, self.tags = most, 0
        self.row = self.column = self.rows = self.columns = self.area = 0

    def start(self, tag, attributes):
        """Look at one element (called by the parser)."""
        self.tags += 1
        if self.tags > self.most:
            raise TooLargeError("tags")
        name = tag.rpartition("}")[2]
        if name == "row":
            place = attributes.get("r", "")
            self.row = int(place[:8]) if place.isdecimal() else self.row + 1
            self.column = 0
        elif name == "c":
            self._reach(attributes.get("r", ""))
        elif name in _AREAS:
            self.area += _area(attributes.get("ref", ""))
        elif name.startswith("table-"):
            self._repeat(attributes)
        if self.area > MAX_CELLS or self.rows * self.columns > MAX_CELLS:
            raise TooLargeError("cells")

    def close(self):
        """Return None (called by the parser)."""

    def _reach(self, place):
        cell = _CELL.fullmatch(place)
        self.column, row = (_column(cell[1]), int(cell[2])) if cell else (self.column + 1, self.row)
        self.columns, self.rows = max(self.columns, self.column), max(self.rows, row)

    def _repeat(self, attributes):
        for name, text in attributes.items():
            if name.endswith("number-columns-repeated") and text.isdecimal():
                if int(text[:8]) > MAX_REPEATED:
                    raise TooLargeError("repeated")


def _column(letters):
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _area(ref):
    """Return the number of cells between two corners."""
    ends = [end for end in map(_CELL.fullmatch, ref.split(":")) if end]
    if len(ends) != 2:
        return 1
    (left, top), (right, bottom) = ((_column(end[1]), int(end[2])) for end in ends)
    return (abs(right - left) + 1) * (abs(bottom - top) + 1)
