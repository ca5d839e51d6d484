"""Records of the access matrix that are about assessments."""

from odoo.fields import Command

from odoo.addons.water_service_desk.base.trust import trusted


class AssessmentFixture:
    """Mixed into the fixture of the access matrix."""

    @classmethod
    def _make_assessments(cls):
        for situation, company in (("own", cls.company), ("company", cls.company2)):
            scheme = cls._make_assessment_scheme(situation, company)
            cls._make_assessment(situation, company, scheme, "open")
            if situation == "own":
                cls._make_assessment("draft", company, scheme, "draft")
            cls._make_suspicion(situation, company)

    @classmethod
    def _make_assessment_scheme(cls, situation, company):
        kpis = cls.env.ref("water_quality.kpi_k04") | cls.env.ref("water_quality.kpi_k05")
        values = {"name": "x", "company_id": company.id}
        item = {"kpi_id": kpis[0].id, "weight": 100, "target": 1}
        overdue = Command.create({"kind": "overdue"})
        filled = {**values, "item_ids": [Command.create(item)], "rule_ids": [overdue]}
        # The parts of the one that is used stand still: others are tried by an unused one's.
        used, unused, spare = cls.env["water.assessment.scheme"].create([filled, filled, values])
        cls._keep("water.assessment.scheme", situation, spare, values, {"objection_days": 6})
        of = {"scheme_id": unused.id}
        another = {**of, "kpi_id": kpis[1].id, "weight": 1, "target": 1}
        cls._keep("water.assessment.item", situation, unused.item_ids, another, {"target": 2})
        step = {"item_id": unused.item_ids.id, "begins": 0, "ends": 1}
        row = cls.env["water.assessment.step"].create(dict(step))
        another = {**step, "begins": 1, "ends": 2}
        cls._keep("water.assessment.step", situation, row, another, {"share": 3})
        praise = {**of, "kind": "praise"}
        cls._keep("water.assessment.rule", situation, unused.rule_ids, praise, {"points": 3})
        return used

    @classmethod
    def _make_assessment(cls, situation, company, scheme, state):
        month = {"own": "2020-01-01", "draft": "2020-02-01"}.get(situation, "2020-03-01")
        values = {"scheme_id": scheme.id, "period_start": month}
        row = cls.env["water.assessment"].create(dict(values))
        another = {**values, "period_start": month.replace("2020", "2021")}
        change = {"period_start": month.replace("2020", "2022")}
        cls._keep("water.assessment", situation, row, another, change)
        login = "department" if company == cls.company else "foreign"
        line = {"assessment_id": row.id, "company_id": company.id, "user_id": cls.users[login].id}
        about = trusted(cls.env["water.assessment.line"]).create(dict(line))
        spare = {**line, "user_id": cls.env.uid}
        cls._keep("water.assessment.line", situation, about, spare, {"score": 1})
        cls._make_assessed_parts(situation, row, about)
        trusted(row).write({"state": state, "objection_until": "2099-01-01 00:00:00"})

    @classmethod
    def _make_assessed_parts(cls, situation, assessment, line):
        of = {"line_id": line.id, "company_id": line.company_id.id}
        figure = {**of, "kpi_id": cls.env.ref("water_quality.kpi_k04").id}
        result = trusted(cls.env["water.assessment.result"]).create(dict(figure))
        cls._keep("water.assessment.result", situation, result, figure, {"points": 1})
        entry = {**of, "assessment_id": assessment.id, "kind": "overdue", "points": -1}
        entry["user_id"] = line.user_id.id
        first, second = trusted(cls.env["water.assessment.entry"]).create(
            [{**entry, "source": "x,1"}, {**entry, "source": "x,2"}]
        )
        by_hand = {"line_id": line.id, "kind": "overdue", "reason": "x"}
        cls._keep("water.assessment.entry", situation, first, by_hand, {"points": 1})
        if situation == "draft":
            return
        filed = {"line_id": line.id, "entry_id": first.id, "reason": "x"}
        objection = trusted(cls.env["water.assessment.objection"]).create(dict(filed))
        another = {**filed, "entry_id": second.id}
        cls._keep("water.assessment.objection", situation, objection, another, {"answer": "x"})
        added = {"line_id": line.id, "points": 1, "reason": "x"}
        trusted(assessment).state = "confirmed"
        addendum = cls.env["water.assessment.addendum"].create(dict(added))
        cls._keep("water.assessment.addendum", situation, addendum, added, {"points": 2})

    @classmethod
    def _make_suspicion(cls, situation, company):
        values = {"company_id": company.id, "origin": "sample", "department_id": cls.lab.id}
        row = {**values, "source": f"x,{company.id}"}
        row = trusted(cls.env["water.false.completion"]).create(row)
        another = {**values, "source": "y,1"}
        cls._keep("water.false.completion", situation, row, another, {"reason": "x"})
