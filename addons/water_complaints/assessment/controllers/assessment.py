from odoo.http import Controller, request, route

from ...kpi.controllers.kpi import sent_table


class WaterAssessmentController(Controller):
    """The door through which a confirmed assessment is saved for payroll."""

    @route("/water/assessment/<int:assessment_id>/table", type="http", auth="user", methods=["GET"])
    def table(self, assessment_id, **kw):
        """Save an assessment."""
        return sent_table(request.env["water.assessment"].browse(assessment_id))
