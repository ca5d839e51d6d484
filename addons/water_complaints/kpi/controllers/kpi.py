from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import Controller, content_disposition, request, route

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sent_table(record):
    """The answer with a record's table; what one may not see and what is not there look alike.

    :param record: with ``_as_table()``, which asks for the rights and returns name and content
    """
    try:
        name, content = record._as_table()
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


class WaterKpiController(Controller):
    """The door through which a sheet of key figures is saved."""

    @route("/water/kpi/sheet/<int:sheet_id>/table", type="http", auth="user", methods=["GET"])
    def table(self, sheet_id, **kw):
        """Save a sheet for spreadsheets."""
        return sent_table(request.env["water.kpi.sheet"].browse(sheet_id))
