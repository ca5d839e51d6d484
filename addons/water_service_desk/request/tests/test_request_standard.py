from datetime import timedelta

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import local
from .common import RequestCommon

#: Wednesday. Day 1 is the 12th; the 14th and 15th are a weekend.
RECEIVED = "2026-03-11 10:00"
#: a request's promises by category: (on site, answer, close), hours or a time
LIMITS = {
    "wq01": (2, 24, "2026-03-16 17:30"),
    "wq07": (None, 2, "2026-03-18 17:30"),
    "pr01": (None, 4, "2026-03-18 17:30"),
    "ot01": (1, 4, 24),
    "ot02": (1, 1, 24),
    "lk03": (1, None, 24),
    "lk04": (None, 2, "2026-03-18 17:30"),
    "lk07": (2, None, 8),
    # those with a guide are closed by its days, from the complete materials
    "bl03": (None, "2026-03-13 17:30", None),
    "bl08": (None, "2026-03-13 17:30", None),
    "bl05": (None, "2026-03-12 17:30", "2026-03-13 17:30"),
    "bl07": (None, 2, 24),
    "bl09": (None, "2026-03-13 17:30", "2026-03-20 17:30"),
    "mt02": (None, 2, "2026-03-14 10:00"),
    "rp01": (None, "2026-03-12 17:30", "2026-03-20 17:30"),
    "ss01": (2, None, 4),
}


@tagged("post_install", "-at_install")
class TestRequestStandard(RequestCommon):
    """Requests have the limits of their category, as complaints of the same matter have."""

    def test_limits_by_category(self):
        begin = local(RECEIVED)
        for code, limits in LIMITS.items():
            with freeze_time(begin):
                case = self._request(category_id=self._category(code).id)
            for kind, limit in zip(("on_site", "contact", "close"), limits, strict=True):
                due = local(limit) if isinstance(limit, str) else limit
                due = begin + timedelta(hours=due) if isinstance(due, int) else due
                with self.subTest(code=code, kind=kind):
                    self.assertEqual(self._clock(case, kind).due_at or None, due)

    def test_estate_without_water_as_an_emergency(self):
        """Whole estates: half an hour to the place, as with any emergency."""
        with freeze_time(local(RECEIVED)):
            case = self._request(category_id=self._category("ot02").id, severity="emergency")
        self.assertLocal(self._clock(case, "on_site").due_at, "2026-03-11 10:30")
        self.assertLocal(self._clock(case, "close").due_at, "2026-03-12 10:00")
