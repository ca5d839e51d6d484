from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.water_service_desk.base.tests import acts

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintParts(ComplaintCommon):
    """Complaints are split, and linked with cases of other kinds, as all cases are."""

    def _split(self, case):
        values = {"subject": "账单", "description": "账单不对", "category_id": case.category_id.id}
        shares = {"words": [("水压低。", "here"), ("账单不对。", "there")]}
        shares |= {"messages": [], "files": {}}
        return acts.split(self._as("agent", case), values, shares, "两件事").with_env(self.env)

    def test_split(self):
        """The split moves the demand and the person complained of, who is barred from both."""
        case = self._complaint(verbatim="水压低。账单不对。")
        case.person_complained_id = self.users["agent2"]
        part = self._split(case)
        self.assertEqual((part.demand, part.state), (case.demand, "registered"))
        self.assertEqual(part.person_complained_id, self.users["agent2"])
        self.assertFalse(self._as("agent2", part)._filtered_access("read"))
        split = self.env["water.case.split"].search([("complaint_id", "=", case.id)])
        self.assertFalse(self._as("agent2", split)._filtered_access("read"))
        self.assertEqual(self._clock(part, "close").started_at, case.received_at)
        self.assertWhole(case | part)

    def test_linked_with_a_request(self):
        """A person barred from the main complaint sees nothing of the link."""
        case, repair = self._complaint(), self.env["water.request"].create(self._request_values())
        case.person_complained_id = self.users["agent2"]
        rows = self._as("agent", self.env["water.case.relation"])
        row = rows._link(self._as("agent", case), self._as("agent", repair))
        self.assertEqual(repair.related_count, 1)
        self.assertFalse(self._as("agent2", row)._filtered_access("read"))
        self.assertEqual(self._as("agent2", repair).related_count, 0)
        with self.assertRaisesRegex(UserError, "itself, or stands below"):
            rows._link(self._as("agent", repair), self._as("agent", case))
