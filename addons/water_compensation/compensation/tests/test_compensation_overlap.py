from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests import acts
from odoo.addons.water_service_desk.base.tests.common import local
from odoo.addons.water_service_desk.base.trust import trusted

from ...compensation_scheme.tests.common import SchemeCommon
from .common import CompensationCommon


@tagged("post_install", "-at_install")
@freeze_time(local("2026-03-20 10:00"))
class TestCompensationOverlap(SchemeCommon, CompensationCommon):
    """Two incidents, one household, the same hours: paid once, in full."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls._account()

    def _two(self, first, second, **values):
        incidents = [self._incident(begin, **values) for begin, __ in (first, second)]
        spans = sorted(zip(incidents, (first, second), strict=True), key=lambda row: row[1][1])
        for incident, (__, end) in spans:
            self._restored(incident, end)
        return incidents

    def _owed(self, *incidents):
        rows = [self._of(incident) for incident in incidents]
        return [sum(found.filtered("amount").mapped("amount")) for found in rows]

    # -- one limit, one interruption --------------------------------------------------------------

    def test_the_same_hours(self):
        """60 h, taken down twice: £250, and not £500; the second says who pays."""
        span = ("2026-03-11 08:00", "2026-03-13 20:00")
        first, second = self._two(span, span)
        self.assertEqual(self._owed(first, second), [250, 0])

    def test_one_goes_on_where_the_other_ends(self):
        """30 h and 38 h, 60 h in all: together what 60 h cost (domain 4.1), each hour once."""
        first, second = self._two(
            ("2026-03-11 08:00", "2026-03-12 14:00"), ("2026-03-12 06:00", "2026-03-13 20:00")
        )
        self.assertEqual(self._owed(first, second), [100, 150])
        row = self._of(second)
        self.assertIn(f"{first.name} pays for the same interruption already", row.calculation)
        self.assertIn("100.00", row.calculation)
        self.assertEqual(row.failed_at, local("2026-03-11 20:00"))

    def test_neither_alone_but_both_together(self):
        """10 h and 10 h that overlap by two: the household was without water for 18 h."""
        first, second = self._two(
            ("2026-03-11 08:00", "2026-03-11 18:00"), ("2026-03-11 16:00", "2026-03-12 02:00")
        )
        self.assertEqual(self._owed(first, second), [0, 50])

    def test_one_within_the_other(self):
        """The last to end pays for the whole time, less earlier payments."""
        first, second = self._two(
            ("2026-03-11 08:00", "2026-03-13 20:00"), ("2026-03-11 18:00", "2026-03-12 14:00")
        )
        self.assertEqual(self._owed(first, second), [150, 100])

    def test_each_lies_in_the_time_of_the_next(self):
        """Three times 5 h, one running into the next: 13 h in all, an hour more than 12."""
        spans = (
            ("2026-03-11 08:00", "2026-03-11 13:00"),
            ("2026-03-11 12:00", "2026-03-11 17:00"),
            ("2026-03-11 16:00", "2026-03-11 21:00"),
        )
        incidents = [self._incident(begin) for begin, __ in spans]
        for incident, (__, end) in zip(incidents, spans, strict=True):
            self._restored(incident, end)
        self.assertEqual(self._owed(*incidents), [0, 0, 50])

    def test_compensation_for_bad_water(self):
        """By the notice given; without notice nothing."""
        values = {"kind_id": self._kind("quality").id, "quality_from": local("2026-03-01 08:00")}
        for notice, trigger in (("drink", "water_drink"), ("boil", "water_boil"), (False, False)):
            incident = self._incident("2026-03-01 08:00", quality_notice=notice, **values)
            self.assertEqual(incident._trigger_of("water"), trigger)

    def test_cases_during_incident(self):
        """Others of the company that had begun before its end and went on after its beginning."""
        spans = (
            ("2026-03-11 08:00", "2026-03-11 18:00"),
            ("2026-03-11 06:00", "2026-03-11 08:00"),
            ("2026-03-11 06:00", "2026-03-11 08:01"),
            ("2026-03-11 17:59", "2026-03-11 19:00"),
            ("2026-03-11 18:00", "2026-03-11 19:00"),
        )
        rows = [self._incident(begin) for begin, __ in spans]
        for row, (__, end) in zip(rows, spans, strict=True):
            self._restored(row, end)
        found = rows[0]._overlapping("supply", *rows[0]._spell_of("supply"))
        self.assertEqual(found, rows[2] | rows[3])

    def test_one_that_was_dismissed_is_no_part(self):
        """A dismissed incident does not affect the other."""
        first = self._incident("2026-03-11 08:00")
        self._restored(first, "2026-03-11 18:00")
        trusted(first).state = "dismissed"
        second = self._incident("2026-03-11 16:00")
        self.assertFalse(self._restored(second, "2026-03-12 02:00"))

    def test_one_after_the_other(self):
        """The water was back in between: two failures, each with its own time."""
        first, second = self._two(
            ("2026-03-11 08:00", "2026-03-11 22:00"), ("2026-03-11 22:00", "2026-03-12 12:00")
        )
        self.assertEqual(self._owed(first, second), [50, 50])

    def test_a_day_apart(self):
        """An ended incident does not depend on later ones."""
        first, second = self._two(
            ("2026-03-11 08:00", "2026-03-11 22:00"), ("2026-03-12 08:00", "2026-03-12 20:00")
        )
        self.assertFalse(first._beside() | second._beside())

    def test_other_households_are_not_concerned(self):
        """Only who lives in both areas had one interruption."""
        other = self._account(2, zone_id=False)
        first = self._incident("2026-03-11 08:00")
        second = self._incident("2026-03-11 20:00", account_ids=other.ids)
        self._restored(first, "2026-03-12 08:00")
        rows = self._restored(second, "2026-03-12 20:00")
        self.assertEqual(self._owed(first), [100])
        amounts = {row.account_id: row.amount for row in rows}
        self.assertEqual(amounts, {self.account: 50, other: 100})

    # -- limits that differ -----------------------------------------------------------------------

    def test_planned_work_and_a_burst_main(self):
        """Late by both from midnight on: paid once; before, by the announced end alone."""
        planned = {
            "kind_id": self._kind("planned").id,
            "notice_given_at": local("2026-03-06 08:00"),
            "announced_end_at": local("2026-03-11 14:00"),
        }
        first = self._incident("2026-03-11 08:00", **planned)
        second = self._incident("2026-03-11 12:00")
        self._restored(first, "2026-03-12 02:00")
        self._restored(second, "2026-03-13 00:00")
        # 12 h and then 34 h beyond 14:00, as one would be owed: £100, then £150 in all
        self.assertEqual(self._owed(first, second), [100, 50])

    def test_a_strategic_main_that_is_in_time(self):
        """An unpaid one leaves the other to count separately."""
        first = self._incident("2026-03-11 08:00", strategic_main=True)
        second = self._incident("2026-03-11 10:00")
        self._restored(second, "2026-03-12 06:00")
        self._restored(first, "2026-03-13 20:00")
        self.assertEqual(self._owed(first, second), [100, 50])

    # -- corrections ------------------------------------------------------------------------------

    def _pair(self):
        return self._two(
            ("2026-03-11 08:00", "2026-03-12 14:00"), ("2026-03-12 06:00", "2026-03-13 20:00")
        )

    def test_the_earlier_one_is_put_right(self):
        """They no longer overlap and count separately, and vice versa."""
        first, second = self._pair()
        trusted(first).restored_at = local("2026-03-12 05:00")
        self._job()
        self.assertEqual(self._owed(first, second), [50, 150])
        self.assertNotIn("same interruption", self._of(second).calculation)
        trusted(first).restored_at = local("2026-03-12 14:00")
        self._job()
        self.assertEqual(self._owed(first, second), [100, 150])

    def test_the_later_one_is_put_right(self):
        first, second = self._pair()
        trusted(second).restored_at = local("2026-03-14 08:00")
        self._job()
        self.assertEqual(self._owed(first, second), [100, 200])

    def test_the_earlier_one_turns_out_to_be_strategic(self):
        """It pays nothing then; the other counts from its own beginning: 38 h, £150."""
        first, second = self._pair()
        first.strategic_main = True
        self._job()
        self.assertEqual(self._owed(first, second), [0, 150])

    def test_an_exemption_of_the_earlier_one(self):
        """Exempt hours are no part of the interruption; taken back, all is as it was."""
        first, second = self._pair()
        exemption = self._exempt(first, "drought")
        self._as("supervisor", exemption).action_approve()
        self._job()
        self.assertEqual(self._owed(first, second), [0, 150])
        acts.refuse(self._as("supervisor", exemption), "气象台已更正")
        self._job()
        self.assertEqual(self._owed(first, second), [100, 150])

    def test_the_earlier_one_is_refused(self):
        """What people refuse is not paid by the other incident instead."""
        first, second = self._pair()
        row = self._of(first)
        acts.withdraw(row, "户内阀门关闭，未受影响")
        self._job()
        self.assertEqual(row.state, "withdrawn")
        self.assertOwed(self._of(second), 150)
        self.assertNotIn("same interruption", self._of(second).calculation)

    def test_run_again_changes_nothing(self):
        first, second = self._pair()
        before = self._of(second).version_ids.ids
        first.action_compensate()
        self._job()
        self._job()
        self.assertEqual(self._of(second).version_ids.ids, before)
        self.assertFalse((first | second).mapped("compensation_check_at")[0])
        self.assertFalse(second.compensation_check_at)

    # -- the water itself, and its pressure -------------------------------------------------------

    def test_notices_about_the_water(self):
        """Not to be drunk for the same days by two incidents: paid once."""
        self._confirm("gss_en_2025_wq_dnd_household")
        self.account.annual_water_bill = 1000
        notice = {
            "kind_id": self._kind("quality").id,
            "quality_notice": "drink",
            "quality_from": local("2026-03-01 08:00"),
        }
        first, second = (self._incident("2026-03-01 08:00", **notice) for __ in range(2))
        for incident in (first, second):
            incident.quality_until = local("2026-03-12 08:00")
            self._job()
        self.assertEqual(self._owed(first, second), [220, 0])

    def test_low_pressure_twice_at_once(self):
        """Two incidents in the same hours are one occasion; another day's makes it two."""
        first, second = self._two(
            ("2026-03-02 08:00", "2026-03-02 08:50"),
            ("2026-03-02 08:40", "2026-03-02 09:30"),
            kind_id=self._kind("pressure").id,
        )
        self.assertEqual(self._owed(first, second), [0, 0])
        third = self._incident("2026-03-10 08:00", kind_id=self._kind("pressure").id)
        rows = self._restored(third, "2026-03-10 10:00")
        self.assertOwed(rows, 50)
        self.assertIn("2 occasions", rows.calculation)
