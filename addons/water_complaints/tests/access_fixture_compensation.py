"""Compensations of the cases of the access matrix, and the people of finance."""


class CompensationFixture:
    """Mixed into the fixture of the access matrix."""

    @classmethod
    def _make_compensations(cls, situation, case):
        """A draft of a supervisor, about a complaint."""
        values = {"complaint_id": case.id, "kind": "goodwill", "amount": 10, "reason": "x"}
        row = cls.env["water.compensation"].create(dict(values))
        cls._keep("water.compensation", situation, row, values, {"reason": "y"})
