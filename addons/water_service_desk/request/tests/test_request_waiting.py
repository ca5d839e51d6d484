from odoo.tests import tagged

from ...base.tests import acts
from .common import RequestCommon


@tagged("post_install", "-at_install")
class TestRequestWaiting(RequestCommon):
    """What requests ask of the customer: by database in the list, by case on the page."""

    def _awaited(self, case):
        self.env.flush_all()
        self.env.invalidate_all()
        model = self._as("portal1", self.env["water.request"])
        found = model._portal_search(model._portal_waiting_domain())
        awaited = model._portal_find(case.id)._portal_waits_for()
        self.assertEqual(case in found, bool(awaited), awaited)
        return awaited

    def test_notice_and_materials(self):
        case = self._request()
        self.assertEqual(self._awaited(case), set())
        self._as("agent", case).action_issue_notice()
        self.assertEqual(self._awaited(case), {"acknowledge", "material"})
        case.notice_ids._acknowledge("portal", "张伟")
        self.assertEqual(self._awaited(case), {"material"})
        case.material_ids.write({"state": "supplied"})
        self.assertEqual(self._awaited(case), set())

    def test_appointment(self):
        case = self._repair()
        visit = self._plan(case)
        self.assertEqual(self._awaited(case), {"visit_confirm"})
        self._as("agent", visit)._confirm("customer")
        self.assertEqual(self._awaited(case), set())

    def test_rating(self):
        """Asked for until answered, not until tried."""
        case = self._repair()
        self._as("agent", case).action_process()
        self.assertEqual(self._awaited(case), set())
        self._done(case)
        self.assertEqual(self._awaited(case), {"rate"})
        mine = self._as("portal1", self.env["water.request"])._portal_find(case.id)
        mine._portal_do("rate", {"satisfaction": "basically"})
        self.assertEqual(case.satisfaction, "basically")
        self.assertEqual(self._awaited(case), set())

    def test_asked_in_vain(self):
        """Customers unreached by phone are still asked on their page."""
        case = self._done()
        acts.tell_result(self._as("agent", case), "phone", "told", "王某", satisfaction="refused")
        self.assertEqual(self._awaited(case), {"rate"})
