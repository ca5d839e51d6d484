from odoo import models

from odoo.addons.base_import.models.base_import import ImportValidationError

from ...base import workbook

#: Most tags of a workbook, and columns of any file, that Odoo's own import reads.
MAX_TAGS, MAX_COLUMNS = 2_000_000, 1000


class BaseImportImport(models.TransientModel):
    _inherit = "base_import.import"

    def _read_file(self, options):
        """Read a file as Odoo does, but none that takes gigabytes or hours.

        Whoever works here may bring one, whatever he may do with its rows.
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
        return length, rows

    def _parse_date_from_data(self, data, index, name, field_type, options):
        """Have impossible dates of special days told row by row, in the reader's language.

        Odoo stops at the first one with an English message; what is left as it was typed is
        refused by ``load`` with the number of its row.
        """
        if self.res_model != "water.calendar.day":
            return super()._parse_date_from_data(data, index, name, field_type, options)
        for line in data:
            try:
                super()._parse_date_from_data([line], index, name, field_type, options)
            except ImportValidationError:
                continue
