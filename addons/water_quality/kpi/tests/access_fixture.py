"""Records of the access matrix that are about key figures."""

from odoo.addons.water_service_desk.base.trust import trusted

#: situation → (dimension, what of it)
FIGURES = {"own": "person", "part": "department", "draft": "department", "company": "company"}


class KpiFixture:
    """Mixed into the fixture of the access matrix."""

    @classmethod
    def _make_figures(cls):
        for situation, company in (("own", cls.company), ("company", cls.company2)):
            cls._make_definition(situation, company)
            cls._make_bulletin(situation, company)
        for situation, dimension in FIGURES.items():
            cls._make_figure(situation, dimension)
        cls._make_any_cases()

    @classmethod
    def _make_definition(cls, situation, company):
        kpi = cls.env.ref("water_quality.kpi_k04").copy(
            {"code": f"T-{situation}", "company_id": company.id, "target_ids": False}
        )
        values = {**kpi.copy_data()[0], "code": f"T2-{situation}", "target_ids": False}
        cls._keep("water.kpi", situation, kpi, values, {"owner_id": cls.env.uid})
        values = {
            "kpi_id": kpi.id,
            "company_id": company.id,
            "target": 90,
            "valid_from": "2026-01-01",
        }
        target = cls.env["water.kpi.target"].create({**values, "valid_until": "2026-01-31"})
        another = {**values, "valid_from": "2026-02-01"}
        cls._keep("water.kpi.target", situation, target, another, {"source": "x"})
        values = {"company_id": company.id, "day": "2026-01-01", "name": "x", "offered": 1}
        values |= {"answered": 1, "answered_fast": 0, "abandoned": 0}
        calls = cls.env["water.call.statistic"].create({**values, "name": "y"})
        cls._keep("water.call.statistic", situation, calls, values, {"answered_fast": 1})
        values = {"company_id": company.id, "month": "2020-01-01", "kind": "signed", "quantity": 1}
        base = cls.env["water.base.figure"].create({**values, "month": "2020-02-01"})
        cls._keep("water.base.figure", situation, base, values, {"quantity": 2})

        values = {"company_id": company.id, "day": "2020-01-01", "received": 1}
        fact = cls.env["water.fact"].create(dict(values))
        cls._keep("water.fact", situation, fact, values, {"received": 2})

    @classmethod
    def _make_bulletin(cls, situation, company):
        plan = {"company_id": company.id, "kind": "day"}
        row = cls.env["water.bulletin.plan"].create({**plan, "kind": "week"})
        spare = cls.env["water.bulletin.plan"].create({**plan, "kind": "year"})
        cls._keep("water.bulletin.plan", situation, spare, plan, {"addresses": "x@example.com"})
        about = {"plan_id": row.id, "kind": "week", "company_id": company.id}
        about["period_start"] = "2020-01-06"
        bulletin = trusted(cls.env["water.bulletin"]).create(dict(about))
        another = {**about, "period_start": "2020-01-13"}
        cls._keep("water.bulletin", situation, bulletin, another, {"text_zh": "y"})
        sent = {"bulletin_id": bulletin.id, "address": "x@example.com", "language": "zh_CN"}
        sent["sent_at"] = "2020-01-20 01:00:00"
        copy = trusted(cls.env["water.bulletin.copy"]).create(dict(sent))
        cls._keep("water.bulletin.copy", situation, copy, sent, {"address": "y@example.com"})

    @classmethod
    def _make_figure(cls, situation, dimension):
        """``own`` is of the person ``department``; the sheet of ``draft`` is not closed."""
        company = cls.company2 if situation == "company" else cls.company
        month = {"own": "2020-01-01", "part": "2020-02-01", "draft": "2020-03-01"}
        values = {"company_id": company.id, "period_start": month.get(situation, "2020-01-01")}
        sheet = cls.env["water.kpi.sheet"].create(dict(values))
        trusted(sheet).state = "draft" if situation == "draft" else "closed"
        another = {"company_id": company.id, "period_start": f"2019-0{len(cls.records) % 9 + 1}-01"}
        cls._keep("water.kpi.sheet", situation, sheet, another, {"kind": "month"})
        figure = {
            "sheet_id": sheet.id,
            "company_id": company.id,
            "kpi_id": cls.env.ref("water_quality.kpi_k04").id,
            "dimension": dimension,
            "user_id": cls.users["department"].id if dimension == "person" else False,
            "department_id": cls.lab.id if dimension == "department" else False,
        }
        line = trusted(cls.env["water.kpi.line"]).create(dict(figure))
        cls._keep("water.kpi.line", situation, line, figure, {"value": 1})
        if situation != "draft":
            values = {"line_id": line.id, "reason": "重新认定后更正"}
            addendum = cls.env["water.kpi.addendum"].create(dict(values))
            cls._keep("water.kpi.addendum", situation, addendum, values, {"reason": "x"})

    @classmethod
    def _make_any_cases(cls):
        for situation in ("own", "other", "restricted", "machine", "company"):
            case = cls.records["water.complaint", situation]
            row = cls.env["water.any.case"].browse(case.id * 4 + 1)
            cls._keep("water.any.case", situation, row, {"name": "x"}, {"name": "y"})
