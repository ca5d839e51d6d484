"""Appeals and reviews of the access matrix, in every situation of a complaint."""

from odoo import fields

from odoo.addons.water_service_desk.base.trust import trusted

#: dialogs about an appeal, a review or a notice
APPEAL_DIALOGS = (
    "water.appeal.wizard",
    "water.review.wizard",
    "water.delivery.wizard",
    "water.escalate.wizard",
)


class AppealFixture:
    """Mixed into the fixture of the access matrix."""

    @classmethod
    def _make_appeals(cls, situation):
        case = cls.records["water.complaint", situation]
        values = {"complaint_id": case.id, "level": "1", "reason": "x"}
        appeal = trusted(cls.env["water.appeal"]).create(dict(values))
        cls._keep("water.appeal", situation, appeal, values, {"review_note": "y"})
        values = {"appeal_id": appeal.id, "user_id": cls.users["agent"].id, "kind": "filed"}
        values |= {"at": fields.Datetime.now(), "digest": "x"}
        event = trusted(cls.env["water.appeal.event"]).create(dict(values))
        cls._keep("water.appeal.event", situation, event, values, {"digest": "y"})
        values = {"appeal_id": appeal.id, "decision": "upheld"}
        vote = {**values, "user_id": cls.users["agent"].id}
        another = {**values, "user_id": cls.users["agent2"].id}
        row = trusted(cls.env["water.appeal.vote"]).create(vote)
        cls._keep("water.appeal.vote", situation, row, another, {"note": "y"})
        values = {"complaint_id": case.id, "origin": "score"}
        review = trusted(cls.env["water.satisfaction.review"]).create(dict(values))
        cls._keep("water.satisfaction.review", situation, review, values, {"note": "y"})

    @classmethod
    def _make_appeal_dialogs(cls):
        case = cls.records["water.complaint", "own"]
        about = {"case_model": case._name, "case_ids": case.ids}
        review = cls.records["water.satisfaction.review", "own"]
        notice = cls.records["water.notice", "own"]
        for model, values, change in (
            ("water.appeal.wizard", {"complaint_id": case.id}, {"reason": "y"}),
            ("water.review.wizard", {"review_id": review.id}, {"note": "y"}),
            ("water.delivery.wizard", {"notice_id": notice.id}, {"delivered_to": "y"}),
            ("water.escalate.wizard", about, {"reason": "y"}),
        ):
            dialog = cls.env[model].create(dict(values))
            cls._keep(model, "other", dialog, values, change)
