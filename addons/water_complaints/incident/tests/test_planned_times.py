from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...complaint.tests import acts
from .common import NOON, IncidentCommon

SECOND = timedelta(seconds=1)


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPlannedTimes(IncidentCommon):
    """How long before planned work is told, what then counts as told, and when it is late."""

    # -- announced times -----------------------------------------------------------------

    def test_how_long_before_it_is_announced(self):
        """Nothing for unplanned outages; 24 hours up to 12, 48 above, by either end."""
        begin, twelve = NOON + timedelta(days=3), timedelta(hours=12)
        long = begin + twelve + SECOND
        for values, hours in (
            ({"kind_id": self._kind("outage").id, "announced_end_at": long}, 0),
            ({"announced_end_at": begin + twelve}, 24),
            ({"announced_end_at": long}, 48),
            ({"expected_at": long}, 48),  # without another announcement
            ({"announced_end_at": begin + twelve, "expected_at": long}, 24),
            ({}, 24),
            ({"aware_at": False, "announced_end_at": long}, 24),
        ):
            incident = self._of(
                **{"kind_id": self._kind("planned").id, "aware_at": begin, **values}
            )
            with self.subTest(values):
                self.assertEqual(incident.lead_needed, hours)

    def test_since_when_they_know(self):
        """Moved before the announced begin, or behind its end: counts as not announced."""
        given, hour = NOON - timedelta(days=2), timedelta(hours=1)
        for told_begin, told_end, is_known in (
            *((False, False, True), (NOON, False, True), (NOON, NOON + hour, True)),
            *((NOON - hour, NOON + SECOND, True), (NOON - hour, NOON, False)),
            *((NOON - hour, False, False), (NOON + SECOND, NOON + hour, False)),
        ):
            incident = self._of(
                kind_id=self._kind("planned").id,
                notice_given_at=given,
                told_begin_at=told_begin,
                told_end_at=told_end,
            )
            with self.subTest(begin=told_begin, end=told_end):
                self.assertEqual(incident._notified_at() or False, is_known and given)
                self.assertIs(incident.is_told_in_time, is_known)

    def test_told_in_time_to_the_second(self):
        """Work without announcement or plan was announced to no one."""
        day = timedelta(hours=24)
        for given, is_planned, is_kept in (
            *((NOON - day, True, True), (NOON - day + SECOND, True, False)),
            *((False, True, False), (NOON - day, False, False)),
        ):
            incident = self._of(
                kind_id=self._kind("planned" if is_planned else "outage").id, notice_given_at=given
            )
            self.assertIs(incident.is_told_in_time, is_kept, (given, is_planned))

    def test_sent_message_is_kept(self):
        """With the end of that time; withdrawn, no announcement remains."""
        begin, end = NOON + timedelta(days=3), NOON + timedelta(days=3, hours=8)
        incident = self._open(kind_id=self._kind("planned").id, aware_at=begin, expected_at=end)
        self.assertFalse(incident.told_begin_at or incident.told_end_at)
        incident.notice_given_at = NOON
        self.assertEqual((incident.told_begin_at, incident.told_end_at), (begin, end))
        longer = incident.expected_at = end + timedelta(hours=3)  # not announced to anyone
        self.assertEqual((incident.told_end_at, incident._announced_until()), (end, longer))
        with freeze_time(begin):  # it is too late to announce it again
            self.assertEqual(incident._announced_until(), end)
        incident.notice_given_at = False
        self.assertFalse(incident.told_begin_at or incident.told_end_at)
        self.assertEqual(incident._announced_until(), end + timedelta(hours=3))

    def test_news_announce_planned_work(self):
        """The first announcement with its end; again after a move; none after the start."""
        begin, end = NOON + timedelta(days=3), NOON + timedelta(days=3, hours=8)
        incident = self._open(kind_id=self._kind("planned").id, aware_at=begin)
        supervisor = self._as("supervisor", incident)
        supervisor.expected_at = end
        acts.announce(supervisor, "周六停水。")
        self.assertEqual((incident.notice_given_at, incident.announced_end_at), (NOON, end))
        with freeze_time(NOON + timedelta(hours=1)):
            acts.announce(supervisor, "周六停水，请储水。")
            self.assertEqual(incident.notice_given_at, NOON)  # they know since noon
            supervisor.aware_at = begin - timedelta(hours=2)
            acts.announce(supervisor, "周六提前停水。")
            self.assertEqual(incident.notice_given_at, NOON + timedelta(hours=1))
        with freeze_time(begin):
            acts.announce(supervisor, "现在停水。")
        self.assertEqual(incident.notice_given_at, NOON + timedelta(hours=1))

    def test_a_shorter_lead_holds_as_it_was_allowed(self):
        """For the beginning it was allowed for; written once more it is the same."""
        begin = NOON + timedelta(hours=20)
        incident = self._open(
            kind_id=self._kind("planned").id, aware_at=begin, announced_end_at=begin + 8 * SECOND
        )
        supervisor = self._as("supervisor", incident)
        acts.waive_lead(supervisor, " 阀门失效 ")
        self.assertEqual(
            (incident.lead_waived_at, incident.lead_reason, incident.lead_alert or ""),
            (NOON, "阀门失效", ""),
        )
        supervisor.write({"aware_at": begin, "subject": "换阀门停水"})
        self.assertEqual(incident.lead_waived_at, NOON)
        supervisor.aware_at = begin - SECOND
        self.assertFalse(incident.lead_waived_at)
        self.assertIn("hours are missing", incident.lead_alert)

    def test_nothing_to_allow(self):
        """Announced in time, without end, ended."""
        begin = NOON + timedelta(days=3)
        values = {"kind_id": self._kind("planned").id, "aware_at": begin}
        incident = self._as("supervisor", self._open(**values, announced_end_at=begin + SECOND))
        with self.assertRaisesRegex(UserError, "kept already"):
            acts.waive_lead(incident, "x")
        with self.assertRaisesRegex(UserError, "Enter the announced end"):
            acts.waive_lead(self._as("supervisor", self._open(**values)), "x")
        acts.dismiss(incident, "不停了")
        with self.assertRaisesRegex(UserError, "taken already"):
            acts.waive_lead(incident, "x")

    def test_alert_while_it_can_be_put_right(self):
        """Planned, not over and not allowed; told or not."""
        begin = NOON + timedelta(hours=20)
        for values, is_alert in (
            *(({}, True), ({"state": "proposed"}, True), ({"state": "restored"}, False)),
            *(({"kind_id": self._kind("outage").id}, False), ({"lead_waived_at": NOON}, False)),
            ({"notice_given_at": begin - timedelta(hours=24)}, False),
            ({"notice_given_at": begin - timedelta(hours=23)}, True),
        ):
            incident = self._of(
                **{
                    "kind_id": self._kind("planned").id,
                    "aware_at": begin,
                    "announced_end_at": begin + SECOND,
                }
                | values
            )
            with self.subTest(values):
                self.assertIs(bool(incident.lead_alert), is_alert)

    def test_how_much_is_missing(self):
        """For started work the whole time; hours are never negative."""
        for hours, left, missing in ((18, "18.0", "6.0"), (-3, "0.0", "24.0")):
            begin = NOON + timedelta(hours=hours)
            incident = self._of(
                kind_id=self._kind("planned").id, aware_at=begin, announced_end_at=begin + SECOND
            )
            self.assertIn(
                f"it is {left} hours: {missing} hours are missing", incident._lead_fault()
            )

    # -- when it takes longer ---------------------------------------------------------------

    def test_past_its_announced_end(self):
        """A second later than told; only planned work that is under way."""
        for values, is_past in (
            *(({"told_end_at": NOON}, False), ({"told_end_at": NOON - SECOND}, True)),
            *(({"announced_end_at": NOON - SECOND}, True), ({}, False)),
            *(({"told_end_at": NOON - SECOND, "state": "proposed"}, False),),
            *(({"told_end_at": NOON - SECOND, "state": "restored"}, False),),
            *(({"told_end_at": NOON - SECOND, "kind_id": self._kind("outage").id}, False),),
            ({"told_end_at": NOON, "announced_end_at": NOON - SECOND}, False),
        ):
            incident = self._of(
                **{
                    "kind_id": self._kind("planned").id,
                    "aware_at": NOON - timedelta(hours=5),
                    **values,
                }
            )
            with self.subTest(values):
                self.assertIs(incident._is_past_announced_end(), is_past)

    def test_cause_of_late_work(self):
        """No water, or no text: OT05; questions and other subjects stay."""
        late = self._category("ot05")
        incident = self._open(
            kind_id=self._kind("planned").id,
            family_ids=False,
            aware_at=NOON - timedelta(hours=5),
            announced_end_at=NOON,
        )
        for code, is_late in (
            *((None, True), ("ot03", True), ("ot06", False), ("ot05", False), ("bl02", False)),
        ):
            category = self._category(code) if code else late.browse()
            with self.subTest(code):
                self.assertFalse(incident._late_category_for(category))
                with freeze_time(NOON + SECOND):
                    found = incident._late_category_for(category)
                    self.assertEqual(found, late if is_late else late.browse())

    def test_expected_end(self):
        """As announced while that is ahead; then the later of both; burst mains as told."""
        hour = timedelta(hours=1)
        for values, expected, ahead in (
            ({}, False, False),
            ({"expected_at": NOON}, NOON, NOON),
            ({"expected_at": NOON - SECOND}, NOON - SECOND, False),
            ({"announced_end_at": NOON}, False, False),  # unplanned: no announcement
            ({"kind_id": self._kind("planned").id, "announced_end_at": NOON}, NOON, NOON),
            (
                {
                    "kind_id": self._kind("planned").id,
                    "announced_end_at": NOON,
                    "expected_at": NOON + hour,
                },
                *(NOON, NOON),
            ),
            (
                {
                    "kind_id": self._kind("planned").id,
                    "announced_end_at": NOON - SECOND,
                    "expected_at": NOON + hour,
                },
                *(NOON + hour, NOON + hour),
            ),
            (
                {
                    "kind_id": self._kind("planned").id,
                    "announced_end_at": NOON - SECOND,
                    "expected_at": NOON - hour,
                },
                *(NOON - SECOND, False),
            ),
            (
                {
                    "kind_id": self._kind("planned").id,
                    "told_end_at": NOON + hour,
                    "announced_end_at": NOON,
                },
                *(NOON + hour, NOON + hour),
            ),
        ):
            incident = self._of(**{"aware_at": NOON - 5 * hour, **values})
            with self.subTest(values):
                self.assertEqual(incident._expected_end(), expected)
                self.assertEqual(incident._end_ahead() or False, ahead)
                is_past = bool(expected and not ahead)
                self.assertIs(incident._is_past_expected_end(), is_past)
                incident.state = "restored"
                self.assertIs(incident._is_past_expected_end(), False)
