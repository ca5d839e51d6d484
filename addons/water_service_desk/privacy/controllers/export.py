from collections import OrderedDict

from odoo.http import request

from odoo.addons.web.controllers import export

#: What spreadsheets take for the beginning of a formula, at full width too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def is_live(value):
    """Whether a spreadsheet would work out a cell instead of showing it."""
    return isinstance(value, str) and value.startswith(FORMULA)


class PlainText:
    """A sheet in which texts are texts, whatever people have written into them."""

    def write(self, row, column, cell_value, style=None):
        """Write a cell; a text is never a formula or a link."""
        if isinstance(cell_value, str) and cell_value:
            self.worksheet.write_string(row, column, cell_value, style)
        else:
            super().write(row, column, cell_value, style)


class PlainWriter(PlainText, export.ExportXlsxWriter):
    """Of a list."""


class PlainGroupWriter(PlainText, export.GroupExportXlsxWriter):
    """Of a grouped list."""


class ExcelExport(export.ExcelExport):
    """Sheets hold no live formulas, and titles of groups are masked like cells (S2.2.4)."""

    def from_data(self, fields, columns_headers, rows):
        """The sheet of a list."""
        with PlainWriter(fields, columns_headers, len(rows)) as writer:
            for place, row in enumerate(rows, 1):
                for column, cell in enumerate(row):
                    writer.write_cell(place, column, cell)
        return writer.value

    def from_group_data(self, fields, columns_headers, groups):
        """The sheet of a grouped list."""
        self._mask_titles(groups, 0)
        with PlainGroupWriter(fields, columns_headers, groups.count) as writer:
            place = 1, 0
            for title, group in groups.children.items():
                place = writer.write_group(*place, title, group)
        return writer.value

    def _mask_titles(self, node, depth):
        if depth == len(node._groupby):
            return
        path = node._groupby[depth].partition(":")[0].replace(".", "/")
        masks = request.env["water.export"]._masks_of(node._model, [path])
        children = node.children.items()
        if masks:
            # a title is a pair, so that two of one mask stay two groups
            children = [((title, masks[0](_label(title))), group) for title, group in children]
        node.children = OrderedDict(children)
        for group in node.children.values():
            self._mask_titles(group, depth + 1)


def _label(title):
    label = title[1] if isinstance(title, tuple) else title
    return label if isinstance(label, str) else ""


class CSVExport(export.CSVExport):
    """The same for CSV, which knows no types: such a text begins with an apostrophe."""

    def from_data(self, fields, columns_headers, rows):
        """The text of a list; what Odoo marks by itself is not marked twice."""
        odoo = ("=", "-", "+")
        safe = [
            ["'" + cell if is_live(cell) and not cell.startswith(odoo) else cell for cell in row]
            for row in rows
        ]
        return super().from_data(fields, columns_headers, safe)
