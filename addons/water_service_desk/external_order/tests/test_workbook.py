import io
import zipfile

import openpyxl

from odoo.tests import tagged

from ...base import workbook
from ...base.tests.common import WaterCommon, speak_chinese
from .. import order_file

SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#: small sheets that expand to gigabytes or hours
BOMBS = {
    "a far cell": "<sheetData><row r='1'><c r='A1'/></row>"
    "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row></sheetData>",
    "counted rows": "<sheetData><row>" + "<c/>" * 16_000 + "</row>" + "<row/>" * 200 + "<row><c/>"
    "</row></sheetData>",
    "joined cells": "<sheetData/><mergeCells><mergeCell ref='A1:XFD20000'/></mergeCells>",
    "a wide link": "<sheetData/><hyperlinks><hyperlink ref='A1:XFD20000'/></hyperlinks>",
    "empty cells": "<sheetData><row>" + "<c/>" * (workbook.MAX_TAGS + 1) + "</row></sheetData>",
}


def _book(inner, encoding="utf-8"):
    plain, bomb = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(plain)
    sheet = f"<?xml version='1.0' encoding='{encoding}'?><worksheet xmlns='{NAMESPACE}'>{inner}"
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = f"{sheet}</worksheet>".encode(encoding)
            new.writestr(name, text if name == SHEET else old.read(name))
    return bomb.getvalue()


@tagged("post_install", "-at_install")
class TestWorkbook(WaterCommon):
    """Files that people bring are judged by what they grow to, before they are read."""

    def _import(self, content, name="x.xlsx", kind=None, lang="en_US"):
        kind = kind or "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        imports = self._as("plain", self.env["base_import.import"]).with_context(lang=lang)
        values = {"res_model": "res.partner", "file": content, "file_name": name}
        options = {"has_headers": True, "quoting": '"', "separator": ","}
        return imports.create({**values, "file_type": kind}).parse_preview(options)

    def test_bombs(self):
        """Neither our imports nor Odoo's read what would stop a worker."""
        for name, inner in BOMBS.items():
            with self.subTest(name):
                content = _book(inner)
                self.assertLess(len(content), 40_000)
                with self.assertRaises(order_file.FileError) as caught:
                    order_file.read(content)
                self.assertEqual(caught.exception.kind, "size")
                with self.assertRaises(workbook.TooLargeError):
                    workbook.check(content)
        for name in ("a far cell", "joined cells"):
            with self.subTest(name):
                told = self._import(_book(BOMBS[name], "utf-16"))
                self.assertEqual(told["error"], "The workbook is too large.")

    def test_repeated_cells(self):
        """An OpenDocument sheet repeats a cell as often as it says."""
        bomb = io.BytesIO()
        space = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
        cell = "<t:table-cell t:number-columns-repeated='999999999'/>"
        with zipfile.ZipFile(bomb, "w") as new:
            new.writestr("content.xml", f"<x xmlns:t='{space}'>{cell}<t:table-cell/></x>")
        with self.assertRaises(workbook.TooLargeError):
            workbook.check(bomb.getvalue())

    def test_wide_texts(self):
        """A line of a thousand columns is compared with no field."""
        told = self._import((",".join("x" * 1002) + "\n1\n").encode(), "x.csv", "text/csv")
        self.assertEqual(told["error"], "The file has more than 1000 columns.")

    def test_chinese_texts(self):
        speak_chinese(self.env)
        for encoding in ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"):
            with self.subTest(encoding):
                content = "name,email\n王芳,a@example.com\n张伟,b@example.com\n".encode(encoding)
                told = self._import(content, "x.csv", "text/csv", "zh_CN")
                self.assertEqual(told["preview"][0], ["王芳", "张伟"])
        french = "name,email\nZoé,a@example.com\n".encode("latin-1")
        told = self._import(french, "x.csv", "text/csv")
        self.assertEqual(told["preview"][0], ["Zoé"])

    def test_no_table(self):
        """Unreadable content is refused with a message."""
        book, out = openpyxl.Workbook(), io.BytesIO()
        book.active.append(["name", "email"])
        book.active.append(["=1+1", "=2+2"])
        book.save(out)
        told = self._import(out.getvalue())
        self.assertIn("no row below the headings", told["error"])
        for content, words in (
            (b"", "no content"),
            (b"name,email\n", "no row below the headings"),
            ("name\n王芳\n".encode("utf-16-le"), "not a text file"),
            (bytes(100), "not a text file"),
        ):
            with self.subTest(content):
                told = self._import(content, "x.csv", "text/csv")
                self.assertIn(words, told["error"])

    def test_usual_ones(self):
        """Spreadsheets are read, including a last hidden row."""
        rows = "<row r='1'><c r='A1' t='inlineStr'><is><t>name</t></is></c></row>"
        rows += "<row r='2'><c r='A2' t='inlineStr'><is><t>x</t></is></c></row>"
        inner = f"<sheetData>{rows}<row r='1048576' hidden='1'/></sheetData>"
        told = self._import(_book(inner + "<mergeCells><mergeCell ref='C1:D1'/></mergeCells>"))
        self.assertFalse(told.get("error"))
        self.assertEqual(told["preview"][0][0], "x")
        self.assertFalse(workbook.check(b"no archive"))
        self.assertFalse(
            workbook.check(
                order_file.sheet("zh_CN", order_file.COLUMNS, order_file.EXAMPLE.values())
            )
        )
