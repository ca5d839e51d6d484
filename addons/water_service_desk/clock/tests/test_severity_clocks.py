from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import NOW, WaterCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSeverityClocks(WaterCommon):
    """Clocks follow the severity, up and down, always recorded."""

    def setUp(self):
        super().setUp()
        self.standard = self._new_standard(
            "T-U",
            {"amount": 4, "unit": "hour"},
            {"kind": "on_site", "amount": 2, "unit": "hour"},
            category_id=self._category("gn").id,
            severity="urgent",
            valid_from="2026-01-01",
        )

    def _events(self, case, kind):
        return [row.payload for row in case.event_ids.sorted("id") if row.kind == kind]

    def test_lowered(self):
        """Clocks outside the milder standard end; later promises move."""
        case = self._inquiry(severity="urgent")
        close, on_site = self._clock(case, "close"), self._clock(case, "on_site")
        old = close.due_at
        acts.retriage(self._as("agent", case), {"severity": "normal"}, "电话中误判")
        self.assertEqual((on_site.state, close.state), ("void", "running"))
        self.assertLocal(close.due_at, "2026-03-13 17:30")
        moved = self._events(case, "clock_replanned")
        self.assertEqual(
            [(row["clock"], row["old"], row["new"]) for row in moved],
            [("close", old.isoformat(), close.due_at.isoformat())],
        )
        dropped = self._events(case, "clock_voided")
        self.assertEqual(
            [(row["clock"], row["reason"]) for row in dropped], [("on_site", "电话中误判")]
        )
        self.assertWhole(case)

    def test_raised_again(self):
        """Dropped with a lower severity, promised again with a higher one."""
        case = self._inquiry(severity="urgent")
        dropped = self._clock(case, "on_site")
        mine = self._as("agent", case)
        acts.retriage(mine, {"severity": "normal"}, "电话中误判")
        acts.retriage(mine, {"severity": "urgent"}, "现场情况更重")
        on_site = self._clock(case, "on_site")
        self.assertNotEqual(on_site, dropped)
        self.assertEqual((dropped.state, on_site.state), ("void", "running"))
        self.assertWhole(case)

    def test_a_missed_limit_stays_missed(self):
        case = self._inquiry(severity="urgent")
        on_site = self._clock(case, "on_site")
        with freeze_time("2026-03-11 05:00:00"):
            self._sweep()
            acts.retriage(self._as("agent", case), {"severity": "normal"}, "误判")
        self.assertEqual(on_site.state, "breached")

    def test_a_replan_voids_what_no_longer_applies(self):
        case = self._inquiry(severity="urgent")
        on_site = self._clock(case, "on_site")
        self.standard.active = False
        acts.replan(self._as("supervisor", case), "标准已停用")
        self.assertEqual(on_site.state, "void")
        reasons = [row["reason"] for row in self._events(case, "clock_voided")]
        self.assertEqual(reasons, ["标准已停用"])

    def _paused(self, **values):
        case = self._inquiry(**values)
        clock = self._clock(case, "close")
        acts.pause(self._as("agent", clock), "等客户资料", self._later(hours=2))
        self.assertEqual(clock.state, "paused")
        return case, clock

    def test_raised_and_lowered_while_it_stands_still(self):
        """A clock that stands still goes on by the standard that holds then."""
        for before, after, amount in (("normal", "urgent", 4), ("urgent", "normal", 2)):
            with self.subTest(after=after):
                case, clock = self._paused(severity=before)
                acts.retriage(self._as("agent", case), {"severity": after}, "家有病人")
                self.assertEqual((clock.state, clock.amount), ("paused", amount))
                self.assertTrue(self._events(case, "clock_replanned"))
                with freeze_time(self._later(hours=2)):
                    self._sweep()
                    self.assertEqual(clock.state, "running")
                if after == "urgent":  # two hours stood still, then the four
                    self.assertEqual(clock.due_at, self._later(hours=6))

    def test_an_emergency_stands_still_no_longer(self):
        """The clocks of an emergency are never stopped, nor do they stay so (domain 3.3)."""
        case, clock = self._paused()
        with freeze_time(self._later(hours=1)):
            acts.retriage(self._as("agent", case), {"severity": "emergency"}, "有人受伤")
        self.assertNotIn("paused", case._open_clocks().mapped("state"))
        self.assertEqual((clock.paused_minutes, clock.pause_ids.state), (60, "done"))
