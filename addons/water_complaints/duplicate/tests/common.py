from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local

from ...complaint.tests.common import ComplaintCommon


class MergeCommon(ComplaintCommon):
    """Complaints that are merged, and merged in error."""

    def _received(self, moment, **values):
        with freeze_time(local(moment)):
            return self._complaint(**values)

    def _undo(self, case):
        acts.undo(self._as("supervisor", case), "不是一回事")
        self.env.invalidate_all()

    def _stop(self, clock, until):
        """The customer is waited for until a moment of the office's clock."""
        pause = acts.pause(self._as("agent", clock), "等客户", local(until))
        if pause.state == "requested":
            pause.sudo()._begin()
        self.assertEqual(clock.state, "paused")
