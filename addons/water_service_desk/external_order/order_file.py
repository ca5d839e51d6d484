"""Reads files of orders, CSV or XLSX, and writes the template for them."""

import csv
import io

import openpyxl
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from ..base import workbook

#: field → (Chinese heading, English heading, further Chinese headings that bodies use)
COLUMNS = {
    "external_ref": ("工单编号", "Order number", "工单号", "编号"),
    "kind": ("工单类型", "Kind", "诉求类型", "类型"),
    "subject": ("标题", "Subject", "工单标题"),
    "description": ("诉求内容", "Content", "工单内容", "内容"),
    "demand": ("诉求目的", "Demand", "诉求"),
    "contact_name": ("来电人", "Contact name", "联系人", "姓名"),
    "phone": ("联系电话", "Phone", "电话"),
    "address": ("诉求地址", "Address", "地址"),
    "category": ("类别", "Category", "类别编码"),
    "occurred_at": ("发生时间", "Happened at"),
    "received_at": ("受理时间", "Received at", "派单时间"),
    "external_due_at": ("办结期限", "Answer until", "办理期限", "截止时间"),
    "external_return_until": ("退回期限", "Return until", "退单期限"),
    "external_issuer": ("交办单位", "Issuing body", "派发单位"),
    "external_source": ("来源", "Forwarded by", "工单来源"),
    "channel": ("受理渠道", "Channel", "渠道"),
    "is_confidential": ("是否保密", "Confidential", "保密"),
}
DATES = frozenset({"occurred_at", "received_at", "external_due_at", "external_return_until"})
#: Most rows of one file.
MAX_ROWS = 2000
#: A sheet that names its last column has 16,384 of them in each row.
MAX_COLUMNS = 200
EXAMPLE = {
    "external_ref": "QH12345-20261013-00001",
    "kind": "投诉",
    "subject": "早晚高峰水压低",
    "description": "市民反映东城路8号2单元早晚高峰水压低，五楼以上出不来水。",
    "demand": "恢复正常水压",
    "contact_name": "张先生",
    "phone": "13800138000",
    "address": "东城路8号2单元",
    "category": "PR01",
    "occurred_at": "2026-10-12 19:00",
    "received_at": "2026-10-13 09:30",
    "external_due_at": "2026-10-20 17:30",
    "external_return_until": "2026-10-15 17:30",
    "external_issuer": "清河市12345政务服务便民热线中心",
    "external_source": "12345",
    "channel": "HOTLINE12345",
    "is_confidential": "否",
}


class FileError(ValueError):
    """The file cannot be read.

    :param kind: ``format``, ``encoding``, ``heading``, ``rows`` or ``size``
    """

    def __init__(self, kind):
        super().__init__(kind)
        self.kind = kind


def read(content, columns=COLUMNS, needed=("external_ref", "description")):
    """The rows of a file.

    :param content: bytes of a CSV (UTF-8 or GB 18030) or XLSX file with a line of headings
    :param columns: {field: headings}
    :param needed: fields without which it is no such file
    :raises FileError: when it is neither, has no known headings or too many rows
    :return: list of {field: value}, with ``row``: its line in the file
    """
    lines = _workbook(content) if content[:2] == b"PK" else _csv(content)
    lines = [
        (number, line) for number, line in enumerate(lines, start=1) if any(map(_filled, line))
    ]
    if not lines:
        raise FileError("heading")
    known = {
        heading.lower(): name for name, headings in columns.items() for heading in (name, *headings)
    }
    names = [known.get(str(cell or "").strip().lower()) for cell in lines[0][1]]
    if not set(needed) <= set(names):
        raise FileError("heading")
    if len(lines) - 1 > MAX_ROWS:
        raise FileError("rows")
    return [_row(names, number, line) for number, line in lines[1:]]


def _filled(cell):
    return cell is not None and str(cell).strip()


def _row(names, number, line):
    cells = zip(names, line, strict=False)
    return {"row": number, **{name: cell for name, cell in cells if name and _filled(cell)}}


def _csv(content):
    if content[:4] == b"\xd0\xcf\x11\xe0" or b"\x00" in content[:1000]:
        raise FileError("format")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise FileError("encoding")
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    try:
        return _limited(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        raise FileError("format") from None


def _workbook(content):
    try:
        workbook.check(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return _limited(book.worksheets[0].iter_rows(values_only=True, max_col=MAX_COLUMNS))
    except FileError:
        raise
    except workbook.TooLargeError:
        raise FileError("size") from None
    except Exception:  # any error of the library about a broken archive
        raise FileError("format") from None


def _limited(lines):
    """Return the lines up to the limit, with some room for headings and blanks."""
    found = []
    for line in lines:
        found.append(line)
        if len(found) > MAX_ROWS * 2:
            raise FileError("rows")
    return found


def sheet(lang, columns, example):
    """An XLSX file with headings and one example.

    :param lang: language code; Chinese headings for zh
    :param columns: {field: headings}
    :param example: a cell for each column
    :return: bytes
    """
    book = openpyxl.Workbook()
    page = book.active
    headings = [row[0 if lang.startswith("zh") else 1] for row in columns.values()]
    page.append(headings)
    page.append(list(example))
    for number in range(1, len(headings) + 1):
        cell = page.cell(1, number)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DCEBF3")
        column = page.column_dimensions[get_column_letter(number)]
        column.width = 22
        # else a spreadsheet makes 1.2E+19 of a long number, in the rows below as well
        column.number_format = page.cell(2, number).number_format = "@"
    page.freeze_panes = "A2"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
