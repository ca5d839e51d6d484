"""Inspections and corrective actions for the tests."""

from odoo.fields import Command

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon


class QualityCommon(ComplaintCommon):
    """A checklist of three items, and inspections by it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls._checklist()

    @classmethod
    def _checklist(cls, **values):
        items = [
            {"name": "工牌", "aspect": "badge", "weight": 20, "scale": "met"},
            {"name": "语气", "aspect": "speech", "weight": 60},
            {"name": "禁用语", "aspect": "speech", "weight": 20, "is_critical": True},
        ]
        return cls.env["water.inspection.template"].create(
            {
                "name": "T",
                "code": "T-QC",
                "kind": "call",
                "pass_mark": 80,
                "item_ids": [Command.create(item) for item in items],
                **values,
            }
        )

    def _inspection(self, login="quality", **values):
        """A draft about ``agent``."""
        values = {
            "template_id": self.template.id,
            "user_id": self.users["agent"].id,
            "inspector_id": self.users[login].id,
            **values,
        }
        inspections = self._as(login, self.env["water.inspection"])
        return inspections.create(values).with_env(self.env)

    def _rated(self, *ratings, login="quality", **values):
        """An inspection with its items rated in order, and words where one fails."""
        inspection = self._inspection(login, **values)
        for line, rating in zip(inspection.line_ids.sorted("id"), ratings, strict=True):
            note = {"note": "看见了"} if rating == "none" else {}
            self._as(login, line).write({"rating": rating, **note})
        return inspection

    def _done(self, *ratings, login="quality", **values):
        inspection = self._rated(*(ratings or ("full",) * 3), login=login, **values)
        self._as(login, inspection).action_finish()
        return inspection

    def _proof(self, record):
        """Values that prove a corrective action."""
        file = self.env["ir.attachment"].create(
            {"name": "培训签到.jpg", "raw": b"x", "res_model": record._name, "res_id": record.id}
        )
        return {
            "cause": "未培训",
            "measures": "全员培训",
            "result": "已培训 20 人",
            "proof_ids": [Command.link(file.id)],
        }
