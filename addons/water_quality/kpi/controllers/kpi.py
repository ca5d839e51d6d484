from odoo.http import Controller, request, route

from odoo.addons.water_service_desk.base.downloads import sent_file

from ..table import XLSX


class WaterKpiController(Controller):
    """The door through which a sheet of key figures is saved."""

    @route(
        "/water/kpi/sheet/<int:sheet_id>/table",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def table(self, sheet_id, **kw):
        """Save a sheet for spreadsheets."""
        sheet = request.env["water.kpi.sheet"].browse(sheet_id)
        return sent_file(sheet, sheet._as_table, XLSX)
