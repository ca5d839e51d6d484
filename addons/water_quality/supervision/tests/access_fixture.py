"""Records of the access matrix that are about supervision from outside."""


class SupervisionFixture:
    """Mixed into the fixture of the access matrix."""

    @classmethod
    def _make_supervision(cls):
        for situation, company in (("own", cls.company), ("company", cls.company2)):
            values = {"subject": "x", "description": "x", "company_id": company.id}
            if situation == "own":
                values["owner_id"] = cls.users["department"].id
            row = cls.env["water.supervision.finding"].create(dict(values))
            cls._keep("water.supervision.finding", situation, row, values, {"answer": "y"})
            cls._make_social_supervisor(situation, company)

    @classmethod
    def _make_social_supervisor(cls, situation, company):
        first, second = cls.env["res.partner"].create([{"name": "x"}, {"name": "y"}])
        term = {"starts_on": "2026-01-01", "ends_on": "2026-12-31", "company_id": company.id}
        values = {**term, "partner_id": first.id}
        row = cls.env["water.social.supervisor"].create(dict(values))
        another = {**term, "partner_id": second.id}
        cls._keep("water.social.supervisor", situation, row, another, {"number": "7"})
