"""Records of the access matrix that are about systemic problems."""


class ProblemFixture:
    """Mixed into the fixture of the access matrix."""

    @classmethod
    def _make_problems(cls):
        causes = cls.env["water.cause"].create(
            [{"name": "x", "code": f"T-P{place}"} for place in range(6)]
        )
        for place, (situation, company) in enumerate(
            (("own", cls.company), ("other", cls.company), ("company", cls.company2))
        ):
            owner = cls.users[{"own": "department", "other": "quality"}.get(situation, "foreign")]
            about = {"subject": "x", "company_id": company.id, "owner_id": owner.id}
            row = cls.env["water.problem"].create({**about, "cause_id": causes[place].id})
            another = {**about, "cause_id": causes[place + 3].id}
            cls._keep("water.problem", situation, row, another, {"analysis": "y"})
            if situation != "other":
                cls._make_problem_rules(situation, company)

    @classmethod
    def _make_problem_rules(cls, situation, company):
        values = {"name": "x", "company_id": company.id}
        rule = cls.env["water.problem.rule"].create(dict(values))
        cls._keep("water.problem.rule", situation, rule, values, {"days": 60})
        chair = cls.users["manager" if situation == "own" else "foreign"]
        values = {**values, "chair_id": chair.id}
        review = cls.env["water.management.review"].create(dict(values))
        cls._keep("water.management.review", situation, review, values, {"minutes": "y"})
