"""Records of the access matrix that belong to requests, guides and visits."""

from odoo import fields

from odoo.addons.water_service_desk.base.trust import trusted

#: dialog → values beside the request it is about
REQUEST_DIALOGS = {
    "water.visit.wizard": {"slot_from": "2099-01-01 01:00:00", "slot_to": "2099-01-01 03:00:00"},
    "water.material.wizard": {"name": "x", "reason": "x"},
    "water.acknowledge.wizard": {"name": "x"},
    "water.request.decision.wizard": {"alternative": "x"},
    "water.feedback.wizard": {},
    "water.close.wizard": {},
}


class RequestFixture:
    """Mixed into the fixture of the access matrix."""

    @classmethod
    def _first_step(cls):
        guide = cls.env.ref("water_service_desk.guide_nc01")
        return {"guide_step_id": guide.step_ids[:1].id}

    @classmethod
    def _make_request_children(cls, situation, department):
        case = cls.records["water.request", situation]
        now, link = fields.Datetime.now(), {"request_id": case.id}
        trusted(cls.env["water.dispatch"]).create(
            {**link, "company_id": case.company_id.id, "department_id": department.id}
        )
        by = {"issued_at": now, "issued_by_id": cls.env.uid}
        asked = {"requested_at": now, "requested_by_id": cls.env.uid}
        reason = cls.env.ref("water_service_desk.reason_frost")
        slot = {"slot_from": "2099-01-01 01:00:00", "slot_to": "2099-01-01 03:00:00"}
        for model, values, change in (
            ("water.request.material", {**link, "name": "x"}, {"state": "supplied"}),
            ("water.request.step", {**link, **cls._first_step()}, {"sequence": 7}),
            ("water.request.notice", {**link, **by}, {"name": "y"}),
            (
                "water.request.decision",
                {**link, **asked, "kind": "refusal", "reason_id": reason.id, "alternative": "x"},
                {"note": "y"},
            ),
            (
                "water.request.feedback",
                {**link, "at": now, "user_id": cls.env.uid, "channel": "phone", "outcome": "busy"},
                {"note": "y"},
            ),
            (
                "water.visit",
                {
                    **link,
                    **slot,
                    "department_id": department.id,
                    "company_id": case.company_id.id,
                },
                {"result": "x"},
            ),
        ):
            row = trusted(cls.env[model]).create(dict(values))
            cls._keep(model, situation, row, values, change)

    @classmethod
    def _make_guides(cls):
        for situation, company in (("own", cls.company), ("company", cls.company2)):
            values = {
                "name": "T",
                "category_id": cls._category("nc02").id,
                "company_id": company.id,
            }
            guide = cls.env["water.guide"].create({**values, "code": f"T-{situation}"})
            cls._keep("water.guide", situation, guide, {**values, "code": "T-new"}, {"name": "y"})
            for part, more in (("material", {}), ("step", {}), ("fee", {"basis": "x"})):
                row = {"guide_id": guide.id, "name": "x", **more}
                model = f"water.guide.{part}"
                record = cls.env[model].create(dict(row))
                cls._keep(model, situation, record, row, {"name": "y"})
        reason = cls.env["water.request.reason"].create({"name": "T", "code": "T-1"})
        values = {"name": "T", "code": "T-2"}
        cls._keep("water.request.reason", "own", reason, values, {"name": "y"})

    @classmethod
    def _make_request_dialogs(cls):
        case = cls.records["water.request", "own"]
        about = {"case_model": case._name, "case_ids": case.ids}
        more = {
            "water.visit.wizard": {"department_id": cls.net.id},
            "water.request.decision.wizard": {
                "reason_id": cls.env.ref("water_service_desk.reason_frost").id
            },
        }
        for model, values in REQUEST_DIALOGS.items():
            values = {**about, **values, **more.get(model, {})}
            dialog = cls.env[model].create(dict(values))
            cls._keep(model, "other", dialog, values, {"case_ids": case.ids})
        values = {"visit_id": cls.records["water.visit", "own"].id, "reason": "x"}
        model = "water.visit.change.wizard"
        cls._keep(model, "other", cls.env[model].create(dict(values)), values, {"reason": "y"})
