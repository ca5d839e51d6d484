from odoo.http import request, route

from odoo.addons.water_service_desk.base.downloads import sent_file
from odoo.addons.water_service_desk.public_page.controllers.open_door import WaterOpenDoor

from ...kpi.table import XLSX


class WaterSurvey(WaterOpenDoor):
    """The list for the third party, and the published figures."""

    @route("/water/survey/<int:survey_id>/table", type="http", auth="user", methods=["GET"])
    def survey_table(self, survey_id, **kw):
        """Save the list of those to be asked."""
        survey = request.env["water.satisfaction.survey"].browse(survey_id)
        return sent_file(survey, survey._as_table, XLSX)

    @route(
        "/water/satisfaction",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def satisfaction(self, **kw):
        """How satisfied customers are, by the surveys that were published."""
        company = self._public_company()
        cards = request.env["water.satisfaction.survey"]._published(company)
        if not (company.water_public_open and cards):
            return request.not_found()
        title = request.env._("How satisfied our customers are")
        values = self._public_base("satisfaction", title=title, cards=cards)
        return self._water_render("water_quality.public_satisfaction", values)
