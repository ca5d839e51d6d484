"""A clock that was ahead for a while: scheduled actions do not wait until it is as late again."""

from datetime import timedelta

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import IrCron

JOBS = "odoo.addons.water_service_desk.availability.jobs"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@tagged("post_install", "-at_install")
class TestClockAhead(TransactionCase):
    def setUp(self):
        super().setUp()
        self.now = self.env.cr.now().replace(microsecond=0)

    def _due(self, amount, kind, ran, due, active=True):
        """When the action is due after a run.

        :param ran: from now, and so is ``due``
        """
        job = self.env.ref("water_service_desk.ir_cron_sweep")
        self.env.cr.execute(
            "UPDATE ir_cron SET interval_number = %s, interval_type = %s, lastcall = %s,"
            " nextcall = %s, active = %s WHERE id = %s",
            (amount, kind, self.now + ran, self.now + due, active, job.id),
        )
        with mute_logger(JOBS):
            IrCron._get_all_ready_jobs(self.env.cr)
        job.invalidate_recordset()
        return job.nextcall - self.now

    def test_a_day_ahead(self):
        """Each is due within its interval, at its own time of the hour or day."""
        quarter = self._due(15, "minutes", DAY, DAY + 10 * MINUTE)
        self.assertEqual(quarter, 10 * MINUTE)
        self.assertEqual(self._due(1, "days", DAY, DAY + 5 * HOUR), 5 * HOUR)
        self.assertEqual(self._due(1, "weeks", DAY, DAY + 3 * DAY), 4 * DAY, "that is within it")
        self.assertEqual(self._due(1, "weeks", 9 * DAY, 15 * DAY), DAY)

    def test_correct_values_stay(self):
        for amount, kind, ran, due in (
            (15, "minutes", -10 * MINUTE, 5 * MINUTE),
            (15, "minutes", -10 * MINUTE, 400 * DAY),  # set by an administrator
            (1, "days", 30 * MINUTE, DAY + 20 * MINUTE),  # once more today would be twice
        ):
            with self.subTest((amount, kind, ran)):
                self.assertEqual(self._due(amount, kind, ran, due), due)
        self.assertEqual(self._due(1, "days", DAY, 2 * DAY, active=False), 2 * DAY)

    def test_set_back_once(self):
        """A later setting by an administrator stays."""
        self._due(15, "minutes", DAY, DAY)
        job = self.env.ref("water_service_desk.ir_cron_sweep")
        self.assertEqual(job.lastcall, self.now)
