import json
from collections import OrderedDict

from odoo.http import request

from odoo.addons.web.controllers import export

from .sheet_names import file_name, is_ours, sheet_name

#: Characters that spreadsheets take for the beginning of a formula, also at full width.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def is_live(value):
    """Whether a spreadsheet would work out a cell instead of showing it."""
    return isinstance(value, str) and value.startswith(FORMULA)


class PlainText:
    """A sheet whose texts stay texts and never become formulas."""

    def name_sheet(self, model):
        """Name the sheet after its model, and freeze its header."""
        if is_ours(model):
            self.worksheet.name = sheet_name(model)
        self.worksheet.freeze_panes(1, 0)

    def write(self, row, column, cell_value, style=None):
        """Write a cell; a text is never a formula or a link."""
        if isinstance(cell_value, str) and cell_value:
            self.worksheet.write_string(row, column, cell_value, style)
        else:
            super().write(row, column, cell_value, style)


class PlainWriter(PlainText, export.ExportXlsxWriter):
    """The writer of a list."""


class PlainGroupWriter(PlainText, export.GroupExportXlsxWriter):
    """The writer of a grouped list."""


class OfficeClock:
    """Exports moments in the company's time zone for users without one, and names the file by
    model and day.
    """

    def filename(self, base):
        """Without the technical name of the model that Odoo puts behind it."""
        return file_name(base) if is_ours(base) else super().filename(base)

    def base(self, data):
        """Write the file."""
        params = json.loads(data)
        context = params.get("context") or {}
        zone = context.get("tz") or request.env.context.get("tz") or request.env.company._water_tz()
        return super().base(json.dumps({**params, "context": {**context, "tz": zone}}))


class ExcelExport(OfficeClock, export.ExcelExport):
    """Sheets hold no live formulas; titles of groups are masked like cells (S2.2.4), and are
    those of the screen.
    """

    def from_data(self, fields, columns_headers, rows):
        """The sheet of a list."""
        with PlainWriter(fields, columns_headers, len(rows)) as writer:
            writer.name_sheet(self._listed())
            for place, row in enumerate(rows, 1):
                for column, cell in enumerate(row):
                    writer.write_cell(place, column, cell)
        return writer.value

    def from_group_data(self, fields, columns_headers, groups):
        """The sheet of a grouped list."""
        self._retitle(groups, 0)
        with PlainGroupWriter(fields, columns_headers, groups.count) as writer:
            writer.name_sheet(self._listed())
            place = 1, 0
            for title, group in groups.children.items():
                place = writer.write_group(*place, title, group)
        return writer.value

    def _listed(self):
        return json.loads(request.params["data"]).get("model")

    def _retitle(self, node, depth):
        """Return a pair as title, so that two groups of one mask or name stay separate."""
        if depth == len(node._groupby):
            return
        path = node._groupby[depth].partition(":")[0].replace(".", "/")
        said = self._said(node._model, path)
        children = [(said(title), group) for title, group in node.children.items()]
        node.children = OrderedDict(children)
        for group in node.children.values():
            self._retitle(group, depth + 1)

    def _said(self, model, path):
        """Return a function that masks a title for the reader."""
        masks = request.env["water.export"]._masks_of(model, [path])
        if masks:
            return lambda title: (title, masks[0](_label(title)))
        end, name = request.env["water.export"]._end(model, path)
        field, words = end._fields.get(name), {}
        if field and field.type == "selection":
            words = dict(field._description_selection(model.env))
        elif field and field.type == "boolean":
            words = {True: model.env._("Yes"), False: model.env._("No")}
        return lambda title: (title, words[title]) if title in words else title


def _label(title):
    label = title[1] if isinstance(title, tuple) else title
    return label if isinstance(label, str) else ""


class CSVExport(OfficeClock, export.CSVExport):
    """The same for CSV, which knows no types: such a text begins with an apostrophe."""

    def from_data(self, fields, columns_headers, rows):
        """The text of a list; what Odoo marks by itself is not marked twice."""
        odoo = ("=", "-", "+")
        safe = [
            ["'" + cell if is_live(cell) and not cell.startswith(odoo) else cell for cell in row]
            for row in rows
        ]
        return super().from_data(fields, columns_headers, safe)
