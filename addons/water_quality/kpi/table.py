"""Writes figures as a spreadsheet file with XlsxWriter, which Odoo requires.

Numbers are numbers, days are days. Texts stay texts with any first character: none becomes a
formula.
"""

import io
from datetime import date
from typing import NamedTuple

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAY = "yyyy-mm-dd"


class Number(NamedTuple):
    """A cell with a number, and the form in which it is shown, in the words of spreadsheets."""

    value: float
    form: str = "#,##0.00"


def workbook(sheets):
    """Return the bytes of an ``.xlsx`` file.

    :param sheets: ``[(name, rows above, titles, rows)]``; each row is a list of texts, whole
        numbers, :class:`Number` and days
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True, "bg_color": "#eeeeee", "border": 1, "text_wrap": True})
    forms = _Forms(book)
    for name, above, titles, rows in sheets:
        page = book.add_worksheet(name[:31])
        for place, text in enumerate(above):
            page.write_string(place, 0, text)
        begin = len(above) + bool(above)
        for column, title in enumerate(titles):
            page.write_string(begin, column, title, bold)
        for place, row in enumerate(rows, begin + 1):
            for column, cell in enumerate(row):
                _write(page, (place, column), cell, forms)
        page.set_column(0, 0, 8)
        page.set_column(1, 1, 32)
        page.set_column(2, max(len(titles), 3) - 1, 18)
        page.freeze_panes(begin + 1, 2)
        page.set_landscape()
        page.fit_to_pages(1, 0)
    book.close()
    return stream.getvalue()


class _Forms(dict):
    """Forms of the cells of one book, each made when it is first asked for."""

    def __init__(self, book):
        super().__init__()
        self._book = book

    def __missing__(self, form):
        look = {"border": 1, "text_wrap": True, "valign": "top", "num_format": form}
        self[form] = self._book.add_format(look)
        return self[form]


def _write(page, place, cell, forms):
    if isinstance(cell, Number):
        page.write_number(*place, cell.value, forms[cell.form])
    elif isinstance(cell, date):
        page.write_datetime(*place, cell, forms[DAY])
    elif isinstance(cell, int):
        page.write_number(*place, cell, forms["0"])
    else:
        page.write_string(*place, cell, forms["General"])
