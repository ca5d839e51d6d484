from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import Controller, content_disposition, request, route

from ...kpi.controllers.kpi import XLSX


class WaterAssessmentController(Controller):
    """The door through which a confirmed assessment is saved for payroll."""

    @route("/water/assessment/<int:assessment_id>/table", type="http", auth="user", methods=["GET"])
    def table(self, assessment_id, **kw):
        """Save an assessment; what one may not see and what is not there look alike."""
        try:
            name, content = request.env["water.assessment"].browse(assessment_id)._as_table()
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
