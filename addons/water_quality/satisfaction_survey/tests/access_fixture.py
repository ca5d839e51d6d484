"""Records of the access matrix that are about satisfaction surveys."""

from odoo.addons.water_service_desk.base.trust import trusted


class SurveyFixture:
    """Mixed into the fixture of the access matrix."""

    @classmethod
    def _make_surveys(cls):
        for situation, company in (("own", cls.company), ("company", cls.company2)):
            values = {
                "name": "x",
                "date_from": "2026-01-01",
                "date_to": "2026-02-01",
                "seed": "s",
                "company_id": company.id,
            }
            survey = cls.env["water.satisfaction.survey"].create(dict(values))
            cls._keep("water.satisfaction.survey", situation, survey, values, {"size": 7})
            case = cls.records["water.inquiry", situation]
            row = {"survey_id": survey.id, "number": case.name, "inquiry_id": case.id}
            line = trusted(cls.env["water.satisfaction.survey.line"]).create(dict(row))
            another = {**row, "number": "y"}
            cls._keep("water.satisfaction.survey.line", situation, line, another, {"score": 5})
