from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...request.tests.common import RequestCommon


@tagged("post_install", "-at_install")
class TestRelation(RequestCommon):
    """Cases beside others of any type have no effect on them."""

    def _link(self, case, number, login="agent", place="below"):
        about = {"active_model": case._name, "active_ids": case.ids}
        wizards = self._as(login, self.env["water.relation.wizard"]).with_context(**about)
        wizards.create({"number": number, "place": place, "note": "同一工程"}).action_link()
        self.env.invalidate_all()
        return self.env["water.case.relation"].search([], order="id desc", limit=1)

    def test_any_kind(self):
        """Both remember it; the one above is closed, the one below goes on."""
        above, below = self._inquiry(answer="已答复"), self._repair()
        row = self._link(above, below.name.lower())
        self.assertEqual((row.parent_name, row.child_name), (above.name, below.name))
        self.assertEqual((above.related_count, below.related_count), (1, 1))
        self._as("agent", above).action_answer_and_close()
        self.assertEqual((above.state, below.state), ("closed", "registered"))
        action = below.action_open_related()
        self.assertEqual(self.env["water.case.relation"].search(action["domain"]), row)
        self.assertEqual(row.action_open_parent()["res_id"], above.id)
        self.assertIn("related", self._kinds(above))
        self.assertWhole(above)
        self.assertWhole(below)

    def test_no_circles(self):
        top, middle, low = self._inquiry(), self._repair(), self._inquiry()
        self._link(top, middle.name)
        self._link(middle, low.name)
        for case, number in ((low, top.name), (middle, top.name), (top, top.name)):
            with self.assertRaisesRegex(ValidationError, "stands below it"):
                self._link(case, number)
        with self.assertRaisesRegex(ValidationError, "linked already"):
            self._link(middle, top.name, place="above")
        with self.assertRaisesRegex(UserError, "There is no case"):
            self._link(top, "ZX000000-00001")

    def test_removed(self):
        above, below = self._inquiry(), self._repair()
        row = self._link(above, below.name)
        self._dispatch(below)
        with self.assertRaises(AccessError):
            self._as("department", row).action_remove()
        self._as("agent", row).action_remove()
        self.assertFalse(row.exists())
        self.assertIn("unrelated", self._kinds(below))

    def test_no_information_without_read_access(self):
        """The department below reads its own end alone; the other number is not shown."""
        above, below = self._inquiry(), self._repair()
        row = self._link(above, below.name)
        self._dispatch(below)
        mine = self._as("department", row)
        self.assertEqual((mine.parent_name, mine.child_name), (False, below.name))
        self.assertEqual(mine.read(["parent_inquiry_id"])[0]["parent_inquiry_id"][1], above.name)
        with self.assertRaisesRegex(UserError, "may not see this case"):
            mine.action_open_parent()
        with self.assertRaises(AccessError):
            self._as("department2", row).read(["note"])
