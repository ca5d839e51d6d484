"""A machine's clock is put right, or wrong, in the middle of everything."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW

from ...complaint.tests.common import WAY
from .common import ArchiveCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestClockJumps(ArchiveCommon):
    def _at(self, **span):
        return freeze_time(fields.Datetime.to_datetime(NOW) + timedelta(**span))

    def _told(self, case):
        clocks = self.env["water.deadline"].search([("complaint_id", "=", case.id)])
        notices = self.env["water.escalation.notice"].search([("deadline_id", "in", clocks.ids)])
        kinds = [kind for kind in self._kinds(case) if kind.startswith("clock_")]
        return len(notices), sorted(kinds), len(case.message_ids)

    def test_a_case_goes_on_while_the_clock_goes_back(self):
        """Each step ten minutes before the last: all are taken, the chain is whole."""
        case = self._complaint()
        for number, step in enumerate(WAY[1:], 1):
            with self._at(minutes=-10 * number):
                getattr(self, f"_step_{step}")(case, "agent", self.net)
                self._sweep()
                case.invalidate_recordset()
                self.assertEqual(case.state, step)
        self.assertWhole(case)
        archive, content = self._sealed(case)
        self.assertTrue(archive and content)

    def test_nothing_is_told_twice(self):
        """A day ahead and back again, then an hour back: each clock warns and breaks once."""
        case = self._complaint_at("dispatched")
        with self._at(days=1):
            self._sweep()
        ahead = self._told(case)
        self.assertTrue(ahead[0])
        for span in ({}, {"hours": -1}, {"hours": 1}, {"days": 1}):
            with self._at(**span):
                self._sweep()
        self.assertEqual(self._told(case), ahead)
        self.assertWhole(case)

    def test_due_while_clock_was_back_is_told_once(self):
        case = self._complaint_at("dispatched")
        for span in ({"hours": -1}, {"days": 1}, {"hours": 23}, {"days": 1, "seconds": 1}):
            with self._at(**span):
                self._sweep()
        clocks = self.env["water.deadline"].search([("complaint_id", "=", case.id)])
        late = clocks.filtered("breached_at")
        self.assertTrue(late)
        self.assertEqual(self._kinds(case).count("clock_breached"), len(late))
        notices = self.env["water.escalation.notice"].search([("deadline_id", "in", clocks.ids)])
        told = [(row.deadline_id, row.step_id, row.user_id) for row in notices]
        self.assertEqual(len(told), len(set(told)))
