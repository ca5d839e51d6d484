"""Sealed files and destructions of both companies."""

from odoo import fields

from odoo.addons.water_service_desk.base.trust import trusted

ARCHIVE_DIALOGS = ("water.hold.wizard",)


class ArchiveFixture:
    """Adds sealed files and destructions to the records of the access matrix."""

    @classmethod
    def _make_archives(cls):
        lists = {}
        for situation, company in (("own", cls.company), ("company", cls.company2)):
            values = {"name": "x", "company_id": company.id}
            row = trusted(cls.env["water.destruction"]).create(dict(values))
            cls._keep("water.destruction", situation, row, values, {"name": "y"})
            lists[situation] = row
        for situation in ("own", "other", "restricted", "machine", "company"):
            case = cls.records["water.complaint", situation]
            values = {
                "complaint_id": case.id,
                "name": "x",
                "digest": "x",
                "manifest_digest": "x",
                "sealed_at": fields.Datetime.now(),
            }
            row = trusted(cls.env["water.archive"]).create(dict(values))
            cls._keep("water.archive", situation, row, {**values, "volume": 2}, {"name": "y"})
            owner = lists["company" if situation == "company" else "own"]
            values = {"complaint_id": case.id, "destruction_id": owner.id}
            row = trusted(cls.env["water.destruction.line"]).create(dict(values))
            cls._keep("water.destruction.line", situation, row, values, {"event_head": "y"})
        case = cls.records["water.complaint", "own"]
        values = {"case_model": case._name, "case_ids": case.ids, "reason": "x"}
        dialog = cls.env["water.hold.wizard"].create(dict(values))
        cls._keep("water.hold.wizard", "other", dialog, values, {"reason": "y"})
