from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import local

from ...compensation_scheme.tests.common import SchemeCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-20 10:00"))
class TestCompensationTold(SchemeCommon):
    """Planned work is owed for by what customers were told of it before it began."""

    def _announced_then_moved(self, begin, end):
        """Work announced in time for 11 March, 08:00 to 18:00, then moved without being told."""
        incident = self._incident(
            "2026-03-05 08:00",
            is_planned=True,
            aware_at=local("2026-03-11 08:00"),
            notice_given_at=local("2026-03-06 08:00"),
            announced_end_at=local("2026-03-11 18:00"),
        )
        with freeze_time(local("2026-03-10 08:00")):
            incident.write({"aware_at": local(begin), "announced_end_at": local(end)})
        return incident

    def test_moved_work_that_was_not_announced_again_owes_the_notice_alone(self):
        """The end that was told for another day costs nothing: £50, not £250."""
        self._account()
        incident = self._announced_then_moved("2026-03-13 08:00", "2026-03-13 18:00")
        rows = self._restored(incident, "2026-03-13 18:00")
        self.assertOwed(rows, 50)
        self.assertEqual(rows.filtered("amount").rule_id.code, "PLAN_NOTICE")

    def test_moved_work_counts_as_late_from_its_own_planned_end(self):
        """Not announced again, and thirteen hours late: £50 for the notice, £100 for the delay."""
        self._account()
        incident = self._announced_then_moved("2026-03-13 08:00", "2026-03-13 18:00")
        rows = self._restored(incident, "2026-03-14 07:00")
        self.assertOwed(rows, 150)
        late = rows.filtered(lambda row: row.rule_id.code == "SUPPLY_PLANNED")
        self.assertEqual((late.amount, late.failed_at), (100, local("2026-03-13 18:00")))

    def test_work_moved_within_its_announcement_is_late_from_the_told_end(self):
        """Customers were told 18:00 for this day, and of its beginning in time."""
        self._account()
        incident = self._announced_then_moved("2026-03-11 12:00", "2026-03-11 22:00")
        rows = self._restored(incident, "2026-03-11 22:00")
        self.assertOwed(rows, 50)
        late = rows.filtered("amount")
        self.assertEqual(late.rule_id.code, "SUPPLY_PLANNED")
        self.assertEqual(late.failed_at, local("2026-03-11 18:00"))
