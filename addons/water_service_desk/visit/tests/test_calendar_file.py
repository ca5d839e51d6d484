from datetime import datetime

from odoo.tests import BaseCase, tagged

from ..calendar_file import calendar_file

SLOT = (datetime(2026, 3, 12, 2), datetime(2026, 3, 12, 4))


@tagged("post_install", "-at_install")
class TestCalendarFile(BaseCase):
    """A phone's view of an appointment."""

    def _lines(self, **options):
        return set(calendar_file("v-1", SLOT, "上门", **options).decode().splitlines())

    def test_when(self):
        """For two files about one appointment the calendar keeps the later."""
        changed = self._lines(stamp=datetime(2026, 3, 11, 9, 30))
        slot = {"UID:v-1", "DTSTART:20260312T020000Z", "DTEND:20260312T040000Z", "SUMMARY:上门"}
        self.assertLessEqual(slot | {"DTSTAMP:20260311T093000Z"}, changed)
        self.assertLessEqual(slot | {"DTSTAMP:20260312T020000Z"}, self._lines())

    def test_other_messages(self):
        plain = self._lines()
        self.assertLessEqual({"METHOD:PUBLISH", "STATUS:CONFIRMED"}, plain)
        said = {"X-WR-CALNAME:水务", "LOCATION:东城路8号", "DESCRIPTION:带钥匙"}
        self.assertEqual(said & self._lines(name="水务", place="东城路8号", text="带钥匙"), said)
        self.assertFalse([line for line in plain if line.startswith(("X-WR", "LOC", "DESC"))])
        self.assertLessEqual({"METHOD:CANCEL", "STATUS:CANCELLED"}, self._lines(cancelled=True))
