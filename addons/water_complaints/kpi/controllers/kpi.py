from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import Controller, content_disposition, request, route

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class WaterKpiController(Controller):
    """The door through which a sheet of key figures is saved."""

    @route("/water/kpi/sheet/<int:sheet_id>/table", type="http", auth="user", methods=["GET"])
    def table(self, sheet_id, **kw):
        """Save a sheet for spreadsheets; what one may not see and what is not there look alike."""
        try:
            name, content = request.env["water.kpi.sheet"].browse(sheet_id)._as_table()
        except (AccessError, MissingError):
            raise request.not_found() from None
        except UserError as error:
            return request.make_response(str(error), status=409)
        headers = [
            ("Content-Type", XLSX),
            ("Content-Disposition", content_disposition(name)),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ]
        return request.make_response(content, headers)
