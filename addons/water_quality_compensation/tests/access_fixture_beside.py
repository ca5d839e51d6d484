"""Records of the access matrix that stand beside a case, and the queues."""

from odoo import fields


class BesideFixture:
    """Mixed into the fixture of the access matrix."""

    @classmethod
    def _parts_of(cls, case, link):
        """The same of records beside a case: splits, links, signatures, news."""
        now = fields.Datetime.now()
        return (
            (
                "water.case.split",
                {**link, "at": now, "user_id": cls.env.uid, "reason": "x"},
                {"reason": "y"},
            ),
            (
                "water.case.news",
                {**link, "at": now, "user_id": cls.env.uid, "text": "x"},
                {"text": "y"},
            ),
            (
                "water.sign.off",
                {
                    **link,
                    **{"what": "answer", "body": "x", "version": "x"},
                    **{"asked_by_id": cls.env.uid, "asked_at": now},
                },
                {"body": "y"},
            ),
            (
                "water.case.relation",
                {**link, "parent_complaint_id": case.id, "user_id": cls.env.uid},
                {"note": "y"},
            ),
        )

    @classmethod
    def _make_queues(cls):
        for situation, company, login in (
            ("own", cls.company, "agent"),
            ("company", cls.company2, "foreign"),
        ):
            user = cls.users[login].id
            values = {"name": "T", "company_id": company.id, "member_ids": [user]}
            queue = cls.env["water.queue"].create({**values, "active": False})
            cls._keep("water.queue", situation, queue, values, {"name": "y"})
            now = fields.Datetime.now()
            times = {"begin_at": now, "end_at": fields.Datetime.add(now, hours=8)}
            values = {"queue_id": queue.id, "user_id": user, **times}
            row = cls.env["water.shift"].create(dict(values))
            cls._keep("water.shift", situation, row, values, {"note": "y"})
