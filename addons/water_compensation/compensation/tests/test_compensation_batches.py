from unittest.mock import patch

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW

from .common import CompensationCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensationBatches(CompensationCommon):
    """Scheduled actions that work in batches: what they do, and what the scheduler hears."""

    def _told(self, action, module, seconds=60):
        """What the scheduler is told after each batch of two: ``(done, remaining)``.

        :param seconds: remaining time
        """
        told = []

        def commit(_cron, done=0, *, remaining=None):
            told.append((done, remaining))
            return seconds

        path = f"odoo.addons.water_compensation.compensation.models.{module}.BATCH"
        with (
            patch.object(type(self.env["ir.cron"]), "_commit_progress", commit),
            patch(path, 2),
        ):
            getattr(self.env["water.compensation"], action)()
        return told

    def test_how_far_entries_are(self):
        """All are made, in batches; where its time is up the rest waits."""
        args = ("_cron_entries", "water_compensation_paying")
        rows = self._queued()
        self.assertEqual(self._told(*args, seconds=0), [(2, 1)])
        self.assertEqual(rows.mapped("move_queued"), [False, False, True])
        self.assertEqual(self._told(*args), [(1, 0)])
        self.assertFalse(self._told(*args) or any(rows.mapped("move_queued")))
        self._queued()
        self.assertEqual(self._told(*args), [(2, 1), (1, 0)])

    def _queued(self):
        """Three approved ones that wait for their entries."""
        rows = self._proposed() | self._proposed() | self._proposed()
        self._trusted(rows).write({"state": "approved", "move_queued": True})
        return rows

    def test_how_far_penalties_are(self):
        rows = [self._entitlement(key=f"rule:{n}", due_on="2026-03-01") for n in range(3)]
        args = ("_cron_late", "water_compensation_late")
        with patch.object(type(rows[0]), "_penalty_values", lambda row: {"amount": 10}):
            self.assertEqual(self._told(*args, seconds=0), [(2, 1)])
            self.assertEqual([len(row.penalty_ids) for row in rows], [1, 1, 0])
            self.assertEqual(self._told(*args), [(1, 0)])
        self.assertEqual([len(row.penalty_ids) for row in rows], [1, 1, 1])
