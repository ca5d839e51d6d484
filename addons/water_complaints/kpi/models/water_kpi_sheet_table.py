from odoo import models
from odoo.exceptions import UserError

from ..sources import DIMENSIONS
from ..table import workbook


class WaterKpiSheet(models.Model):
    """The sheet as a file: the regulator's form, and a page for each way in which it is split."""

    _inherit = "water.kpi.sheet"

    def _as_table(self):
        """``(file name, bytes)`` of what the reader may see of the sheet.

        :raises AccessError: for whoever may not read it
        :raises UserError: for a sheet that was never counted
        """
        self.ensure_one()
        self.check_access("read")
        if not self.counted_at:
            raise UserError(self.env._("Count the sheet first."))
        # by a search, which knows the rules of the reader; a one2many would be refused as a whole
        lines = self.env["water.kpi.line"].search([("sheet_id", "=", self.id)])
        labels = dict(lines._fields["dimension"]._description_selection(self.env))
        pages = [self._form_page()]
        for dimension in DIMENSIONS:
            part = lines.filtered(lambda line, name=dimension: line.dimension == name)
            if part:
                pages.append(self._part_page(labels[dimension], part))
        return f"kpi-{self.name}.xlsx", workbook(pages)

    def _form_page(self):
        head = self._form_head()
        above = [f"{self.company_id.sudo().name}  {self.name}"]
        above += [f"{label}: {text}" for label, text in self._form_facts()]
        above += (self.notes or "").splitlines()
        rows = [[row[name] for name in head] for row in self._form_rows()]
        return self.env._("Key Figures"), above, list(head.values()), rows

    def _part_page(self, label, lines):
        """A row for each figure, a column for each department, zone …"""
        scopes = list(dict.fromkeys(lines.mapped("scope")))
        values = {(line.kpi_id, line.scope): line.value_text for line in lines}
        rows = [
            [kpi.code, kpi.name, *(values.get((kpi, scope), "–") for scope in scopes)]
            for kpi in lines.kpi_id
        ]
        return label, [], [self.env._("No."), self.env._("Key Figure"), *scopes], rows
