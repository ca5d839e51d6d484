from odoo.http import Controller, request, route

from odoo.addons.water_service_desk.base.downloads import sent_file

from ...kpi.table import XLSX


class WaterAssessmentController(Controller):
    """The door through which a confirmed assessment is saved for payroll."""

    @route(
        "/water/assessment/<int:assessment_id>/table",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def table(self, assessment_id, **kw):
        """Save an assessment."""
        assessment = request.env["water.assessment"].browse(assessment_id)
        return sent_file(assessment, assessment._as_table, XLSX)
