from odoo.addons.water_service_desk.base.tests.common import local

from ..appeal.tests.common import AppealCommon
from ..compensation.tests.common import CompensationCommon
from ..duplicate.tests.common import MergeCommon


class MeetingCommon(AppealCommon, CompensationCommon, MergeCommon):
    """For scenarios in which orders, appeals, money and merging meet."""

    second_company = True

    def _order(self, due, number, login="agent", **values):
        order = {"external_source": "12345", "external_ref": number, "external_due_at": local(due)}
        return self._complaint(login, **order, **values)
