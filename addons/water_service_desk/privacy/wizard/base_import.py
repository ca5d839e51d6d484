import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from datetime import datetime

from odoo import models
from odoo.tools import DEFAULT_SERVER_DATE_FORMAT, DEFAULT_SERVER_DATETIME_FORMAT

from odoo.addons.base_import.models.base_import import ImportValidationError

from ...base import workbook

#: Most tags of a workbook, and columns of any file, that Odoo's own import reads.
MAX_TAGS, MAX_COLUMNS = 2_000_000, 1000
#: A day, and a moment of it, as they are written in Chinese.
CHINESE = re.compile(
    r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?"
    r"(?:\s*(\d{1,2})\s*[:：时点]\s*(?:(\d{1,2})\s*分?(?:\s*[:：]?\s*(\d{1,2})\s*秒?)?)?)?"
)


class BaseImportImport(models.TransientModel):
    _inherit = "base_import.import"

    def _read_file(self, options):
        """Read a file as Odoo does, but refuse ones that take gigabytes or hours.

        Every internal user can upload one, regardless of their access rights.
        """
        try:
            workbook.check(self.file or b"", MAX_TAGS)
        except workbook.TooLargeError:
            raise ImportValidationError(self.env._("The workbook is too large.")) from None
        length, rows = super()._read_file(options)
        if max(map(len, rows), default=0) > MAX_COLUMNS:
            raise ImportValidationError(
                self.env._("The file has more than %s columns.", MAX_COLUMNS)
            )
        if len(rows) == 1 and options.get("has_headers"):
            raise ImportValidationError(
                self.env._(
                    "There is no row below the headings. Formulas of a workbook are read by the"
                    " values saved with them: open it in a spreadsheet program and save it."
                )
            )
        return length, rows

    def _read_csv(self, options):
        """Read a text file as Odoo does, but with a clear error for other files."""
        if not options.get("encoding"):
            options["encoding"] = self._encoding_of(self.file or b"")
        return super()._read_csv(options) or (0, [])

    def _encoding_of(self, content):
        """Return the encoding of a text file; None if Odoo shall guess.

        By character frequency, a short table of Chinese names is taken for Russian.
        """
        if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            return "utf-16"
        if b"\0" in content:
            raise ImportValidationError(
                self.env._("This is not a text file: save the table as CSV in UTF-8 or GB 18030.")
            )
        chinese = (self.env.lang or "").startswith("zh")
        for encoding in ("utf-8-sig", "gb18030")[: 2 if chinese else 1]:
            try:
                content.decode(encoding)
            except UnicodeDecodeError:
                continue
            return encoding
        return ""

    def _parse_date_from_data(self, data, index, name, field_type, options):
        """Report impossible dates of special days row by row, in the reader's language.

        Odoo stops at the first one with an English message; unchanged values are refused by
        ``load`` with the number of the row.
        """
        for line in data if self.res_model.startswith("water.") else ():
            line[index] = self._without_chinese(line[index], field_type, options)
        if self.res_model != "water.calendar.day":
            return super()._parse_date_from_data(data, index, name, field_type, options)
        for line in data:
            try:
                super()._parse_date_from_data([line], index, name, field_type, options)
            except ImportValidationError:
                continue

    def _without_chinese(self, value, field_type, options):
        """Convert “2026年11月28日” to the format of the other rows; Odoo reads it in none.

        :param value: as typed; other values are unchanged
        """
        found = CHINESE.fullmatch(value.strip()) if isinstance(value, str) else None
        if not found:
            return value
        try:
            moment = datetime(*(int(part or 0) for part in found.groups()))
        except ValueError:
            return value
        if field_type == "datetime" and found[4]:
            return moment.strftime(options.get("datetime_format") or DEFAULT_SERVER_DATETIME_FORMAT)
        return moment.strftime(options.get("date_format") or DEFAULT_SERVER_DATE_FORMAT)
