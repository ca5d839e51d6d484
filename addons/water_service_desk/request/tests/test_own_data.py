from odoo.tests import tagged
from odoo.tests.common import freeze_time

from ...base.tests.common import local
from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestOwnData(RequestCommon):
    """A request for own data (PIPL art. 44 to 50)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,water_service_desk.group_privacy"
        cls.users["privacy"] = cls._new_user("privacy", groups)

    def _asked(self):
        return self._request(category_id=self._category("pd01").id)

    def test_notified_people(self):
        """Privacy officers, of such a request alone."""
        self._request()
        self.assertFalse([text for text in self._told("privacy") if "own data" in text])
        case = self._asked()
        told = [text for text in self._told("privacy") if "own data" in text]
        self.assertEqual(told, [f"{case.name}: a customer asks for their own data"])

    def test_taken_up_again(self):
        """The law counts anew from then: 15 working days without the Qingming holiday."""
        case = self._asked()
        first = self._clock(case, "close")
        case.material_ids.write({"state": "correct"})
        self._as("agent", case).action_accept()
        self.assertEqual(self._clock(case, "close"), first, "the acceptance starts nothing")
        self._as("agent", case).action_process()
        case.result = "已提供本人信息副本。"
        self._as("agent", case).action_finish()
        with freeze_time(local("2026-03-16 10:00")):
            self._as("agent", case).action_reopen()
        again = self._clock(case, "close")
        self.assertNotEqual(again, first)
        self.assertLocal(again.started_at, "2026-03-16 10:00")
        self.assertLocal(again.due_at, "2026-04-07 17:30")
