"""Rows of investigations and settlements, for the access matrix."""

from odoo import fields

from odoo.addons.water_service_desk.base.trust import trusted

#: dialogs that are about evidence
FACT_DIALOGS = ("water.strike.wizard",)


class FactFixture:
    """Adds the parts of complaints to the records of the access matrix."""

    @classmethod
    def _make_facts(cls):
        for situation in ("own", "other", "restricted", "machine", "company"):
            trusted(cls.records["water.dispatch", situation]).state = "accepted"
            cls._make_parts(situation, cls.records["water.complaint", situation])
        values = {"evidence_id": cls.records["water.evidence", "own"].id, "reason": "x"}
        dialog = cls.env["water.strike.wizard"].create(dict(values))
        cls._keep("water.strike.wizard", "other", dialog, values, {"reason": "y"})

    @classmethod
    def _make_parts(cls, situation, case):
        link = {"complaint_id": case.id}
        soon = fields.Date.add(fields.Date.today(), days=1)
        talk = {**link, "offer": "x", "next_step": "x", "next_on": soon}
        for model, values, change in (
            ("water.investigation", {**link, "purpose": "x"}, {"finding": "y"}),
            (
                "water.evidence",
                {**link, "kind": "lab", "title": "x", "reference": "x"},
                {"title": "y"},
            ),
            ("water.complaint.demand", {**link, "name": "x"}, {"name": "y"}),
            ("water.negotiation", talk, {"customer_view": "y"}),
            ("water.resolution", {**link, "text": "x"}, {"text": "y"}),
        ):
            row = trusted(cls.env[model].sudo()).create(dict(values))
            cls._keep(model, situation, row, values, change)
        owner = cls.users["foreign" if situation == "company" else "supervisor"]
        values = {
            "resolution_id": cls.records["water.resolution", situation].id,
            "name": "x",
            "user_id": owner.id,
            "due_on": soon,
        }
        row = trusted(cls.env["water.resolution.action"].sudo()).create(dict(values))
        cls._keep("water.resolution.action", situation, row, values, {"name": "y"})
