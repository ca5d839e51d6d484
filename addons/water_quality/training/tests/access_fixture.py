"""Records of the access matrix that are about trainings."""

from odoo.addons.water_service_desk.base.trust import trusted


class TrainingFixture:
    """Mixed into the fixture of the access matrix."""

    @classmethod
    def _make_trainings(cls):
        for situation, company in (
            ("own", cls.company),
            ("draft", cls.company),
            ("company", cls.company2),
        ):
            values = {"subject": "x", "company_id": company.id}
            training = cls.env["water.training"].create(dict(values))
            cls._keep("water.training", situation, training, values, {"place": "y"})
            cls._make_attendance(situation, training)
            if situation == "draft":
                continue
            trusted(training).write({"state": "planned", "starts_at": "2031-03-01 01:00:00"})
            year = {"year": 2031, "company_id": company.id}
            plan = cls.env["water.training.plan"].create(dict(year))
            another = {**year, "year": 2032}
            cls._keep("water.training.plan", situation, plan, another, {"objective": "y"})
            cls._make_training_source(situation, training)

    @classmethod
    def _make_attendance(cls, situation, training):
        first, second = ("foreign2", "foreign") if situation == "company" else ("agent", "plain")
        row = {"training_id": training.id, "user_id": cls.users[first].id}
        attendee = cls.env["water.training.attendee"].create(dict(row))
        another = {**row, "user_id": cls.users[second].id}
        cls._keep("water.training.attendee", situation, attendee, another, {"state": "absent"})

    @classmethod
    def _make_training_source(cls, situation, training):
        cases = cls.records["water.complaint", situation]
        values = {"training_id": training.id, "complaint_id": cases.id}
        row = cls.env["water.training.source"].create(dict(values))
        inspection = cls.records["water.inspection", situation].id
        another = {"training_id": training.id, "inspection_id": inspection}
        cls._keep("water.training.source", situation, row, another, another)
