"""Facts of a call from a telephone system, read from texts of the interface and of files."""

import csv
import io

#: fact → (Chinese heading, English heading) of a file; the interface uses the names.
COLUMNS = {
    "call": ("通话编号", "Call"),
    "direction": ("方向", "Direction"),
    "phone": ("电话号码", "Phone"),
    "offered_at": ("呼入时间", "Offered at"),
    "answered_at": ("应答时间", "Answered at"),
    "ended_at": ("结束时间", "Ended at"),
    "agent": ("坐席", "Agent"),
    "group": ("坐席组", "Agent group"),
    "recording": ("录音编号", "Recording"),
}
MOMENTS = ("offered_at", "answered_at", "ended_at")
#: Longest texts in characters.
LIMITS = {"call": 64, "phone": 40, "agent": 64, "group": 64, "recording": 128}
#: As people and systems write it.
DIRECTIONS = {"": "in", "in": "in", "out": "out", "呼入": "in", "呼出": "out"}
#: Most bytes and rows of one file.
MAX_BYTES, MAX_ROWS = 5 * 1024 * 1024, 20_000
_HEADINGS = {
    heading.lower(): name for name, headings in COLUMNS.items() for heading in (name, *headings)
}


class FileError(ValueError):
    """The file cannot be read.

    :param kind: ``size``, ``encoding``, ``heading`` or ``rows``
    """

    def __init__(self, kind):
        super().__init__(kind)
        self.kind = kind


def read(content):
    """Return ``[(line in the file, {fact: text})]`` of a CSV file.

    :param content: bytes, in UTF-8 or GB 18030, with a line of headings
    :raises FileError: for everything else
    """
    if len(content) > MAX_BYTES:
        raise FileError("size")
    rows = csv.reader(io.StringIO(_text(content), newline=""))
    try:
        names = [_HEADINGS.get(heading.strip().lower()) for heading in next(rows, [])]
        if "call" not in names:
            raise FileError("heading")
        found = []
        for row in rows:
            if len(found) == MAX_ROWS:
                raise FileError("rows")
            told = {name: text for name, text in zip(names, row, strict=False) if name}
            if any(text.strip() for text in told.values()):
                found.append((rows.line_num, told))
    except csv.Error:
        raise FileError("heading") from None
    return found


def _text(content):
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileError("encoding")
