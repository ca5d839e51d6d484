"""Writes a sheet of key figures as a file for spreadsheets; XlsxWriter comes with Odoo."""

import io

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(sheets):
    """Return the bytes of an ``.xlsx`` file.

    :param sheets: ``[(name, rows above, titles, rows)]``; each row is a list of texts
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True, "bg_color": "#eeeeee", "border": 1, "text_wrap": True})
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    for name, above, titles, rows in sheets:
        page = book.add_worksheet(name[:31])
        for place, text in enumerate(above):
            page.write_string(place, 0, text)
        begin = len(above) + bool(above)
        for column, title in enumerate(titles):
            page.write_string(begin, column, title, bold)
        for place, row in enumerate(rows, begin + 1):
            for column, text in enumerate(row):
                page.write_string(place, column, text, cell)
        page.set_column(0, 0, 8)
        page.set_column(1, 1, 32)
        page.set_column(2, max(len(titles), 3) - 1, 18)
        page.freeze_panes(begin + 1, 2)
        page.set_landscape()
        page.fit_to_pages(1, 0)
    book.close()
    return stream.getvalue()
