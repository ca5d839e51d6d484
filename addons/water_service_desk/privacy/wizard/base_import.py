from odoo import models

from odoo.addons.base_import.models.base_import import ImportValidationError


class BaseImportImport(models.TransientModel):
    _inherit = "base_import.import"

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
