from odoo import models
from odoo.exceptions import UserError

from ..sources import DIMENSIONS
from ..table import workbook
from .water_kpi_line import EMPTY

#: What is one column on paper and two here, which can be added up.
PARTS = ("numerator", "denominator")


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
        if self._addenda():
            pages.append(self._addenda_page())
        return f"kpi-{self.name}.xlsx", workbook(pages)

    def _form_page(self):
        head = self._table_head()
        above = [f"{self.company_id.sudo().name}  {self.name}"]
        above += [f"{label}: {text}" for label, text in self._form_facts()]
        above += (self.notes or "").splitlines()
        cells = [
            row | line._cells()
            for row, line in zip(self._form_rows(), self._form_lines(), strict=True)
        ]
        rows = [[row[name] for name in head] for row in cells]
        return self.env._("Key Figures"), above, list(head.values()), rows

    def _table_head(self):
        """The titles of the form, with numerator and denominator apart."""
        titles = (self.env._("Numerator"), self.env._("Denominator"))
        parts = dict(zip(PARTS, titles, strict=True))
        head = {}
        for name, title in self._form_head().items():
            head |= parts if name == "parts" else {name: title}
        return head

    def _part_page(self, label, lines):
        """A row for each figure, a column for each department, zone …"""
        scopes = {line._key(): line.scope for line in lines}  # two people may have one name
        values = {(line.kpi_id, line._key()): line.kpi_id._cell(line._figure()) for line in lines}
        rows = [
            [kpi.code, kpi.name, *(values.get((kpi, key), EMPTY) for key in scopes)]
            for kpi in lines.kpi_id
        ]
        return label, [], [self.env._("No."), self.env._("Key Figure"), *scopes.values()], rows

    def _addenda(self):
        """Those that the reader may see."""
        return self.env["water.kpi.addendum"].search([("sheet_id", "=", self.id)])

    def _addenda_page(self):
        """What stands beside the closed figures, as it is printed."""
        head = [self.env._("Figure"), self.env._("As Closed")]
        head += [self.env._("As Counted Now"), self.env._("Reason")]
        rows = [
            [f"{row.line_id.kpi_id.display_name} · {row.line_id.scope}", *row._cells(), row.reason]
            for row in self._addenda()
        ]
        return self.env._("Addenda"), [], head, rows
