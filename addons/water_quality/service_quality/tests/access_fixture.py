"""Records of the access matrix that are about service quality."""

from odoo.fields import Command

from odoo.addons.water_service_desk.base.trust import trusted

#: dialogs that are about an inspection
QUALITY_DIALOGS = ("water.inspection.wizard",)
#: situation → (whom it is about, whether it is done)
INSPECTED = {
    "own": ("agent", True),
    "draft": ("agent", False),
    "other": ("department2", True),
    "company": ("foreign2", True),
}


class QualityFixture:
    """Mixed into the fixture of the access matrix."""

    @classmethod
    def _make_quality(cls):
        cls.users["foreign2"] = cls._new_user(
            "foreign2",
            "water_service_desk.group_agent",
            company_id=cls.company2.id,
            company_ids=cls.company2.ids,
        )
        cls.used = {}
        for situation, company in (("own", cls.company), ("company", cls.company2)):
            cls._make_checklist(situation, company)
        for situation, (login, done) in INSPECTED.items():
            cls._make_inspection(situation, cls.users[login], done)
        cls._make_phrases()
        cls._make_skills()
        cls._make_standards()
        values = {"inspection_id": cls.records["water.inspection", "own"].id, "reason": "x"}
        model = "water.inspection.wizard"
        cls._keep(model, "other", cls.env[model].create(dict(values)), values, {"reason": "y"})

    @classmethod
    def _make_phrases(cls):
        used, spare = cls.env["water.forbidden.phrase"].create(
            [{"name": name, "suggestion": "x"} for name in ("测试用语一", "测试用语二")]
        )
        another = {"name": "测试用语三", "suggestion": "x"}
        cls._keep("water.forbidden.phrase", "own", spare, another, {"suggestion": "y"})
        for situation, login in (("own", "agent"), ("other", "agent2"), ("company", "foreign")):
            values = {
                "complaint_id": cls.records["water.complaint", situation].id,
                "phrase_id": used.id,
                "name": used.name,
                "user_id": cls.users[login].id,
                "place": "answer",
            }
            hit = trusted(cls.env["water.phrase.hit"]).create(dict(values))
            cls._keep("water.phrase.hit", situation, hit, values, {"name": "y"})

    @classmethod
    def _make_skills(cls):
        used, spare = cls.env["water.skill"].create(
            [{"name": "T", "code": code} for code in ("T-1", "T-2")]
        )
        cls._keep("water.skill", "own", spare, {"name": "T", "code": "T-3"}, {"name": "y"})
        for situation, login in (("own", "agent"), ("other", "agent2"), ("company", "foreign2")):
            user, company = cls.users[login], cls.users[login].company_id
            values = {"skill_id": used.id, "user_id": user.id}
            row = cls.env["water.skill.user"].create(dict(values))
            cls._keep("water.skill.user", situation, row, values, {"note": "y"})
            if situation == "other":
                continue
            values = {
                "name": "T",
                "leader_id": cls.users["quality"].id,
                "participant_ids": user.ids,
                "company_id": company.id,
            }
            drill = cls.env["water.drill"].create(dict(values))
            cls._keep("water.drill", situation, drill, values, {"findings": "y"})

    @classmethod
    def _make_standards(cls):
        for situation, company in (
            ("own", cls.company),
            ("draft", cls.company),
            ("company", cls.company2),
        ):
            values = {"name": "T", "code": f"T-{situation}", "company_id": company.id}
            document = cls.env["water.staff.document"].create(dict(values))
            another = {**values, "code": "T-new"}
            cls._keep("water.staff.document", situation, document, another, {"name": "y"})
        trusted(cls.records["water.staff.document", "own"]).state = "in_force"
        for situation, login in (("own", "agent"), ("other", "agent2"), ("company", "foreign2")):
            kind = "company" if situation == "company" else "own"
            values = {
                "document_id": cls.records["water.staff.document", kind].id,
                "user_id": cls.users[login].id,
                "signed_at": "2026-01-01 00:00:00",
            }
            row = trusted(cls.env["water.staff.signature"]).create(dict(values))
            cls._keep("water.staff.signature", situation, row, values, {"version": 2})

    @classmethod
    def _make_checklist(cls, situation, company):
        values = {"name": "T", "company_id": company.id}
        item = {"name": "T", "weight": 1}
        template = cls.env["water.inspection.template"].create(
            {**values, "code": f"T-{situation}", "item_ids": [Command.create(item)]}
        )
        another = {**values, "code": "T-new"}
        cls._keep("water.inspection.template", situation, template, another, {"name": "y"})
        item["template_id"] = template.id
        cls._keep("water.inspection.item", situation, template.item_ids, item, {"name": "y"})
        # records in use cannot be deleted, so the others get a checklist of their own
        template = template.copy({"code": f"T-{situation}-used"})
        cls.used[situation] = template
        inspector = cls.users["foreign" if situation == "company" else "quality"]
        values |= {"template_id": template.id, "inspector_ids": inspector.ids}
        plan = cls.env["water.inspection.plan"].create({**values, "active": False})
        cls._keep("water.inspection.plan", situation, plan, values, {"name": "y"})

    @classmethod
    def _make_inspection(cls, situation, user, done):
        template = cls.used["company" if situation == "company" else "own"]
        values = {
            "template_id": template.id,
            "user_id": user.id,
            "inspector_id": cls.env.ref("base.user_root").id,
            "company_id": template.company_id.id,
        }
        inspection = cls.env["water.inspection"].create(dict(values))
        cls._keep("water.inspection", situation, inspection, values, {"remark": "y"})
        line = inspection.line_ids
        values = {"inspection_id": inspection.id, "item_id": cls._spare_item(template).id}
        cls._keep("water.inspection.line", situation, line, values, {"note": "y"})
        if done:
            trusted(inspection).write({"state": "done"})
        if situation == "draft":
            return
        values = {
            "subject": "x",
            "owner_id": user.id,
            "company_id": template.company_id.id,
        }
        action = cls.env["water.improvement"].create(dict(values))
        cls._keep("water.improvement", situation, action, values, {"measures": "y"})

    @classmethod
    def _spare_item(cls, template):
        return cls.env["water.inspection.item"].create(
            {"name": "T", "weight": 1, "template_id": template.id}
        )
