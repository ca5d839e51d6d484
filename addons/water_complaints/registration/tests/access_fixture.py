"""Statements asked for, emergency words of both companies, and the dialogs of registration."""

from odoo import fields

from odoo.addons.water_service_desk.base.trust import trusted

#: dialog → values beside the cases it is about
REGISTER_DIALOGS = {
    "water.triage.wizard": {"reason": "x"},
    "water.merge.wizard": {"reason": "x", "how": "link"},
    "water.report.wizard": {"note": "x"},
    "water.statement.wizard": {"content": "x"},
    "water.recusal.wizard": {"reason": "x"},
    "water.convert.wizard": {"reason": "x", "demand": "x"},
}
#: dialogs that name a person
USERS = ("water.report", "water.statement", "water.recusal")


class RegisterFixture:
    """Adds what belongs to registration to the records of the access matrix."""

    @classmethod
    def _make_register(cls):
        for situation in ("own", "other", "restricted", "machine", "company"):
            case = cls.records["water.complaint", situation]
            values = {
                "complaint_id": case.id,
                "user_id": cls.users["department"].id,
                "content": "x",
                "asked_at": fields.Datetime.now(),
                "company_id": case.company_id.id,
            }
            row = trusted(cls.env["water.statement"]).create(dict(values))
            cls._keep("water.statement", situation, row, values, {"answer": "y"})
        for situation, company in (("own", cls.company), ("company", cls.company2)):
            values = {"name": f"T {situation}", "company_id": company.id}
            row = cls.env["water.emergency.word"].create(dict(values))
            another = {**values, "name": "T another"}
            cls._keep("water.emergency.word", situation, row, another, {"name": "T changed"})
        cls._make_register_dialogs()

    @classmethod
    def _make_register_dialogs(cls):
        user = {"user_id": cls.users["agent2"].id}
        category = {"category_id": cls._category("bl02").id, "address": "x"}
        category["occurred_at"] = "2026-03-10 00:00:00"
        for model, values in REGISTER_DIALOGS.items():
            inquiry = model == "water.convert.wizard"
            case = cls.records["water.inquiry" if inquiry else "water.complaint", "own"]
            about = {"case_model": case._name, "case_ids": case.ids}
            more = category if inquiry else user if model.startswith(USERS) else {}
            values = {**about, **values, **more}
            row = cls.env[model].create(dict(values))
            cls._keep(model, "other", row, values, {"case_ids": case.ids})
        model, values = "water.vexatious.wizard", {"partner_id": cls.customer.id, "reason": "x"}
        row = cls.env[model].create(dict(values))
        cls._keep(model, "other", row, values, {"reason": "y"})
