"""Remove from Office documents what would be fetched or started when a reader opens them.

A template or picture that is fetched tells where the document was opened. Links that a reader
clicks stay.
"""

import re
from typing import NamedTuple
from xml.parsers import expat


class Unreadable(ValueError):
    """A form that no office program writes: it would hide its content."""


#: Bytes of a part with fields, formulas or references that is read.
_LARGEST = 16 * 1024 * 1024
#: How a part begins, of which what follows is read letter by letter.
_BEGIN = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml\s+version\s*=\s*[\"']1\.[01][\"']"
    rb"(?:\s+encoding\s*=\s*[\"'](?i:utf-?8|(?:us-)?ascii)[\"'])?"
    rb"(?:\s+standalone\s*=\s*[\"'](?:yes|no)[\"'])?\s*\?>|(?=<(?!\?xml)|\Z))"
)
#: Names that a part must hold before it can have anything fetched.
_WORTH = re.compile(
    rb"Relationship\b|instrText\b|\binstr\b|ddeLink\b|connectString\b|\bquery\b|\bconnection\b"
    rb"|\b(?:db|web|text|olap)Pr\b|(?i:WEBSERVICE|IMAGE|RTD|CALL|REGISTER)[^<]{0,80}\("
    rb"|&#|<!|<\?(?!xml\s)"  # or what may hide one
)
_TAG = re.compile(rb"<(?:[^<\"'>]|\"[^\"]*\"|'[^']*')*+>")
_ATTRIBUTE = re.compile(rb"\s([^\s=<>\"'/]++)(\s*+=\s*+)(\"[^\"]*\"|'[^']*')")
#: Fields of Word that fetch or start something when the text is opened or printed.
_FIELD = re.compile(r"^(?:[^\S\n]|\\)*+(?:INCLUDE|IMPORT|DDE|LINK|DATABASE|RD\b)", re.I | re.M)
#: Functions of Excel that do.
_FUNCTION = re.compile(r"\b(?:WEBSERVICE|IMAGE|RTD|CALL|REGISTER(?:\.ID)?)\s*\(", re.I)
_FORMULAS = frozenset(
    {"f", "definedName", "formula", "formula1", "formula2", "calculatedColumnFormula"}
)
#: {element: its attributes that name where something is fetched from}
_SOURCES = {
    "ddeLink": ("ddeService", "ddeTopic"),
    "connectString": ("val",),
    "query": ("val",),
    "connection": ("sourceFile", "odcFile"),
    "dbPr": ("connection", "command"),
    "webPr": ("url",),
    "textPr": ("sourceFile",),
    "olapPr": ("localConnection",),
}
#: An address without content.
_NOWHERE = b'"about:blank"'


class _Text(NamedTuple):
    """Text within an element: its place in the part, and its words."""

    begin: int
    end: int
    words: str


def is_markup(content):
    """Whether a part can be read as references, fields and formulas are."""
    return content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def at_home(content):
    """Return a part of an office document without external content.

    :param content: bytes of a part
    :raises Unreadable: if its content is hidden or loaded by a grammar of its own
    """
    if b"\0" in content[:64] or b"<!DOCTYPE" in content or not _BEGIN.match(content):
        raise Unreadable
    if not _WORTH.search(content):
        return content
    if len(content) > _LARGEST:
        raise Unreadable
    part = _Part(content)
    try:
        part.parser.Parse(content, True)
    except (expat.ExpatError, LookupError) as error:
        raise Unreadable from error
    return part.rest()


class _Part:
    """One part while reading: the bytes to replace."""

    def __init__(self, content):
        self.content, self.changes = content, []
        self.fields, self.words, self.open = [], [], None
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end

    def start(self, name, attributes):
        """Handle the start of an element.

        :raises Unreadable: within a field or formula, which contains words alone
        """
        if self.open:
            raise Unreadable
        local = name.rpartition(":")[2]
        values = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if local == "Relationship":
            self.refer(values)
        elif local in _SOURCES:
            self.blank(_SOURCES[local])
        elif local == "fldSimple" and _FIELD.search(values.get("instr", "")):
            self.blank(("instr",), b'""')
        elif local == "fldChar":
            self.fields.append(_Text(0, 0, "\n"))
        elif local == "instrText" or local in _FORMULAS:
            self.open, self.words = (name, self.tag_end()), []
            self.parser.CharacterDataHandler = self.hear

    def hear(self, words):
        """Collect the words of a field or formula."""
        self.words.append(words)

    def tag_end(self):
        """Behind the tag that begins here.

        :raises Unreadable: for one that is none
        """
        found = _TAG.match(self.content, self.parser.CurrentByteIndex)
        if not found:
            raise Unreadable
        return found.end()

    def end(self, name):
        """An element ends."""
        if not self.open or name != self.open[0]:
            return
        begin = self.open[1]
        self.open = self.parser.CharacterDataHandler = None
        end, local = self.parser.CurrentByteIndex, name.rpartition(":")[2]
        text = _Text(begin, max(begin, end), "".join(self.words))
        if local == "instrText":
            self.fields.append(text)
        elif _FUNCTION.search(text.words):
            self.changes.append((text.begin, text.end, b"NA()"))

    def refer(self, values):
        """Handle a reference: within the document, a link, or external content."""
        kind = values.get("Type", "").strip().rpartition("/")[2].lower()
        if kind == "afchunk":  # a page embedded in the letter, which could load anything
            raise Unreadable
        if values.get("TargetMode", "").strip().lower() == "external" and kind != "hyperlink":
            self.blank(("Target",))

    def blank(self, names, instead=_NOWHERE):
        """Replace attribute values of the present element."""
        place = self.parser.CurrentByteIndex
        for found in _ATTRIBUTE.finditer(self.content, place, self.tag_end()):
            if found[1].decode().rpartition(":")[2] in names:
                self.changes.append((*found.span(3), instead))

    def rest(self):
        """The part as it is kept; of a text with one field that fetches, no field is kept."""
        if _FIELD.search("".join(text.words for text in self.fields)):
            self.changes += [(text.begin, text.end, b"") for text in self.fields if text.end]
        kept, place = [], 0
        for begin, end, instead in sorted(self.changes):
            kept += [self.content[place:begin], instead]
            place = end
        return b"".join((*kept, self.content[place:]))
