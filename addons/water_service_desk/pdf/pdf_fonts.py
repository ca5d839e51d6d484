"""A subset of the font of our letters.

Noto Sans CJK has 65,000 glyphs in 20 MB. WeasyPrint takes a letter's glyphs out of all of them, for
each letter anew: that takes longer than the layout, and the result still has a place for every
glyph. HarfBuzz makes a subset with the characters of everyday Chinese within a tenth of a second,
and many letters are made from it. A missing character comes from the full font, which looks the
same.
"""

import ctypes
import io
import struct
from pathlib import Path

from fontTools.ttLib import TTFont

FOLDER = Path("/usr/share/fonts/opentype/noto")
FILES = {"normal": "NotoSansCJK-Regular.ttc", "bold": "NotoSansCJK-Bold.ttc"}
SIMPLIFIED = 2  # which of the fonts in one file
#: Latin letters, signs and punctuation, beside the characters of GB 2312.
RANGES = ((0x20, 0x36F), (0x2000, 0x27BF), (0x3000, 0x303F), (0x3200, 0x33FF), (0xFF00, 0xFFEF))
NO_HINTING, DESUBROUTINIZE = 1, 4  # as WeasyPrint will have it

_POINTER, _NUMBER = ctypes.c_void_p, ctypes.c_uint
_FUNCTIONS = {
    "hb_blob_create_from_file_or_fail": (_POINTER, ctypes.c_char_p),
    "hb_blob_destroy": (None, _POINTER),
    "hb_blob_get_data": (_POINTER, _POINTER, _POINTER),
    "hb_face_create": (_POINTER, _POINTER, _NUMBER),
    "hb_face_destroy": (None, _POINTER),
    "hb_face_reference_blob": (_POINTER, _POINTER),
    "hb_set_add": (None, _POINTER, _NUMBER),
    "hb_subset_input_create_or_fail": (_POINTER,),
    "hb_subset_input_destroy": (None, _POINTER),
    "hb_subset_input_set_flags": (None, _POINTER, _NUMBER),
    "hb_subset_input_unicode_set": (_POINTER, _POINTER),
    "hb_subset_or_fail": (_POINTER, _POINTER, _POINTER),
}


def small():
    """Make the small edition.

    :return: dict: the bytes of the fonts by their ``font-weight``; empty where the library or the
        fonts of Debian are missing.
    """
    try:
        library = _Library()
        fonts = {weight: library.reduced(FOLDER / name) for weight, name in FILES.items()}
        return {weight: numbered(font) for weight, font in fonts.items()}
    except (OSError, AttributeError, KeyError, MemoryError):
        return {}


def characters():
    """Return the code points of the small edition."""
    points = {point for first, last in RANGES for point in range(first, last + 1)}
    rows = (bytes([row, cell]) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return points | {ord(char) for code in rows for char in code.decode("gb2312", "ignore")}


def numbered(content):
    """Number each glyph by its position (CID).

    The full font has these numbers, and WeasyPrint relies on them in the PDF.

    :param bytes content: OpenType font with outlines in a CFF table
    """
    font = TTFont(io.BytesIO(content), lazy=True)
    count = font["maxp"].numGlyphs
    place = font.reader.tables["CFF "].offset + font["CFF "].cff.topDictIndex[0].rawDict["charset"]
    # format 2, with one range: the numbers from 1 on, for all glyphs but the first
    numbers = struct.pack(">BHH", 2, 1, count - 2)
    return content[:place] + numbers + content[place + len(numbers) :]


class _Library:
    """The used functions of HarfBuzz."""

    def __init__(self):
        # The one library is loaded by the other, and its functions are found in it.
        self._hb = ctypes.CDLL("libharfbuzz-subset.so.0")
        for name, (result, *arguments) in _FUNCTIONS.items():
            function = getattr(self._hb, name)
            function.restype, function.argtypes = result, arguments

    def reduced(self, path):
        """Return the bytes of a font file with the characters of the small edition alone."""
        blob = self._made(self._hb.hb_blob_create_from_file_or_fail(bytes(path)))
        face = self._hb.hb_face_create(blob, SIMPLIFIED)
        self._hb.hb_blob_destroy(blob)
        wish = self._made(self._hb.hb_subset_input_create_or_fail())
        self._hb.hb_subset_input_set_flags(wish, NO_HINTING | DESUBROUTINIZE)
        chosen = self._hb.hb_subset_input_unicode_set(wish)
        for point in characters():
            self._hb.hb_set_add(chosen, point)
        subset = self._hb.hb_subset_or_fail(face, wish)
        self._hb.hb_subset_input_destroy(wish)
        self._hb.hb_face_destroy(face)
        return self._bytes(self._made(subset))

    def _bytes(self, face):
        blob = self._hb.hb_face_reference_blob(face)
        length = _NUMBER()
        data = self._hb.hb_blob_get_data(blob, ctypes.byref(length))
        content = ctypes.string_at(data, length.value)
        self._hb.hb_blob_destroy(blob)
        self._hb.hb_face_destroy(face)
        return content

    def _made(self, pointer):
        if not pointer:
            raise MemoryError
        return pointer
