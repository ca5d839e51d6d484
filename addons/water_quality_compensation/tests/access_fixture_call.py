"""Records of the access matrix that belong to call-backs and returns."""

from odoo.addons.water_service_desk.base.trust import trusted

#: what callers say and ask, and how long they wait
CALL_CONFIGURATION = (
    "water.callback.script",
    "water.callback.question",
    "water.callback.choice",
    "water.callback.retry",
)


class CallFixture:
    """Mixed into the fixture of the access matrix."""

    @classmethod
    def _make_answer(cls, situation):
        values = {
            "callback_id": cls.records["water.callback", situation].id,
            "name": "x",
            "kind": "text",
            "meaning": "none",
        }
        model = "water.callback.answer"
        row = trusted(cls.env[model]).create(dict(values))
        cls._keep(model, situation, row, values, {"text": "x"})

    @classmethod
    def _make_call_data(cls):
        """Configuration of calls, returns and causes, which all companies share."""
        script = cls.env["water.callback.script"].create({"name": "T"})
        question = cls.env["water.callback.question"].create({"script_id": script.id, "name": "T"})
        asked, chosen = {"script_id": script.id}, {"question_id": question.id}
        for model, values, another, change in (
            ("water.callback.script", {"name": "T"}, {"name": "U"}, {"name": "y"}),
            (
                "water.callback.question",
                {**asked, "name": "T"},
                {**asked, "name": "U"},
                {"name": "y"},
            ),
            (
                "water.callback.choice",
                {**chosen, "name": "T"},
                {**chosen, "name": "U"},
                {"name": "y"},
            ),
            (
                "water.callback.retry",
                {"result": "busy", "after": 9},
                {"result": "busy", "after": 10},
                {"minutes": 5},
            ),
            (
                "water.dispatch.reason",
                {"name": "T", "code": "T-1"},
                {"name": "T", "code": "T-2"},
                {"name": "y"},
            ),
            (
                "water.cause",
                {"name": "T", "code": "T-1"},
                {"name": "T", "code": "T-2"},
                {"name": "y"},
            ),
        ):
            cls._keep(model, "own", cls.env[model].create(dict(values)), another, change)
