import json

from werkzeug.datastructures import FileStorage

from odoo.http import content_disposition, route
from odoo.tools import osutil

from odoo.addons.web.controllers.pivot import TableExporter

from .sheet_names import file_name, is_ours, sheet_name

#: Prefixes that the sheet's writer takes for formulas or links.
LIVE = ("=", "{=", "http://", "https://", "ftp://", "mailto:", "internal:", "external:")


def plain(title):
    """A title that people may have written, as a text that is no formula."""
    return f"'{title}" if isinstance(title, str) and title.startswith(LIVE) else title


class WaterTableExporter(TableExporter):
    """Names the sheet of a pivot table by model and day instead of "Untitled" with the technical
    name. Its titles are no live formulas.
    """

    @route()
    def export_xlsx(self, data, **kw):
        """Write the file."""
        table = json.load(data) if isinstance(data, FileStorage) else json.loads(data)
        model = table.get("model") if isinstance(table, dict) else None
        if not is_ours(model):
            return super().export_xlsx(json.dumps(table), **kw)
        for part in (*table["col_group_headers"], table["rows"]):
            for header in part:
                header["title"] = plain(header["title"])
        table["title"] = sheet_name(model)
        response = super().export_xlsx(json.dumps(table), **kw)
        file = osutil.clean_filename(f"{file_name(model)}.xlsx")
        response.headers["Content-Disposition"] = content_disposition(file)
        return response
