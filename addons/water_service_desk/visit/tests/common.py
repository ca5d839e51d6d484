"""An appointment of an inquiry, for the tests that need one."""

from datetime import timedelta

from ...base.tests import acts
from ...base.tests.common import WaterCommon, local


class VisitCommon(WaterCommon):
    """An inquiry with an appointment tomorrow from 10 to 12."""

    def setUp(self):
        super().setUp()
        self.case = self._inquiry(address="东城路8号")
        self.begin = local("2026-03-12 10:00")
        self.visit = self._plan()

    def _plan(self, login="agent", case=None, department=None, hours=2, **values):
        case, end = case or self.case, self.begin + timedelta(hours=hours)
        planned = acts.plan_visit(
            self._as(login, case), department or self.net, self.begin, end, **values
        )
        return planned.with_env(self.env)

    def _read(self, login, word):
        """Subjects with a word of what a member of staff was told, newest first."""
        partner = self.users[login].partner_id
        found = (
            self.env["mail.message"]
            .sudo()
            .search(
                [("partner_ids", "in", partner.ids), ("subject", "like", word)], order="id desc"
            )
        )
        return found.mapped("subject")
