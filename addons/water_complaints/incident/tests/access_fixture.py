"""Incidents of both companies, with news and a recipient."""

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
            values = {"incident_id": row.id, "place": "x"}
            point = cls.env["water.incident.tanker"].create(dict(values))
            cls._keep("water.incident.tanker", situation, point, values, {"place": "y"})
            values = {"incident_id": row.id, "key": "x"}
            affected = trusted(cls.env["water.incident.affected"]).create({**values, "key": "y"})
            cls._keep("water.incident.affected", situation, affected, values, {"lang": "y"})
            month = {"incident_id": row.id, "month": "2026-03-01"}
            minutes = trusted(cls.env["water.outage.minutes"]).create(dict(month))
            cls._keep("water.outage.minutes", situation, minutes, month, {"minutes": 1})
        values = {"name": "x", "code": "t-x", "end_name": "x"}
        kind = cls.env["water.incident.kind"].create({**values, "code": "t-y"})
        cls._keep("water.incident.kind", "own", kind, values, {"name": "y"})
        cls._make_contacts()
        values = {"incident_id": cls.records["water.incident", "own"].id, "text": "x"}
        dialog = cls.env["water.incident.wizard"].create(dict(values))
        cls._keep("water.incident.wizard", "other", dialog, values, {"text": "y"})
        dialog.flush_recordset()  # its own lines are worked out first
        values = {"wizard_id": dialog.id}
        line = cls.env["water.incident.wizard.line"].create(dict(values))
        cls._keep("water.incident.wizard.line", "other", line, values, {"is_chosen": True})

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
