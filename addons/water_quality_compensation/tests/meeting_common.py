from odoo.addons.water_compensation.compensation.tests.common import CompensationCommon
from odoo.addons.water_complaints.appeal.tests.common import AppealCommon
from odoo.addons.water_complaints.complaint.tests import acts
from odoo.addons.water_complaints.duplicate.tests.common import MergeCommon
from odoo.addons.water_service_desk.base.tests.common import local


class MeetingCommon(AppealCommon, CompensationCommon, MergeCommon):
    """For scenarios in which orders, appeals, money and merging meet."""

    second_company = True

    def _order(self, due, number, login="agent", **values):
        order = {"external_source": "12345", "external_ref": number, "external_due_at": local(due)}
        return self._complaint(login, **order, **values)

    def _become_complaint(self, case):
        """The complaint that a question of yesterday evening becomes."""
        values = {
            "category_id": self._category("bl02").id,
            "address": "东城路8号",
            "occurred_at": local("2026-03-10 19:00"),
            "demand": "退费",
        }
        return acts.convert(self._as("agent", case), values, "不满意").with_env(self.env)

    def _filed(self, case):
        for step in ("dispatched", "investigating", "handling", "notified", "confirmed"):
            getattr(self, f"_step_{step}")(case, "agent", self.net)
            self.env.invalidate_all()
        self._step_callback(case, "agent", self.net)
        if case.external_ref:
            acts.answer_order(self._as("agent", case), "已办理")
        self._step_archived(case, "agent", self.net)
        return case
