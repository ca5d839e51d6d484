"""Incidents of both companies, with news and somebody who was told."""

from odoo import fields

from odoo.addons.water_service_desk.base.trust import trusted


class IncidentFixture:
    """Adds incidents to the records of the access matrix."""

    @classmethod
    def _make_incidents(cls):
        family = cls.env.ref("water_service_desk.category_ot")
        for situation, company in (("own", cls.company), ("company", cls.company2)):
            values = {"subject": "x", "family_ids": family.ids, "company_id": company.id}
            row = cls.env["water.incident"].create(dict(values))
            cls._keep("water.incident", situation, row, values, {"subject": "y"})
            values = {"incident_id": row.id, "kind": "progress", "body": "x"}
            values["user_id"] = cls.users["agent"].id
            news = trusted(cls.env["water.incident.notice"]).create(dict(values))
            cls._keep("water.incident.notice", situation, news, values, {"body": "y"})
        cls._make_contacts()
        values = {"incident_id": cls.records["water.incident", "own"].id, "text": "x"}
        dialog = cls.env["water.incident.wizard"].create(dict(values))
        cls._keep("water.incident.wizard", "other", dialog, values, {"text": "y"})

    @classmethod
    def _make_contacts(cls):
        for situation in ("own", "other", "restricted", "machine", "company"):
            company = "company" if situation == "company" else "own"
            values = {
                "notice_id": cls.records["water.incident.notice", company].id,
                "complaint_id": cls.records["water.complaint", situation].id,
            }
            row = trusted(cls.env["water.incident.contact"]).create(dict(values))
            change = {"told_at": fields.Datetime.now()}
            cls._keep("water.incident.contact", situation, row, values, change)
