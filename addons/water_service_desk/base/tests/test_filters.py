from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import WaterCommon


@tagged("post_install", "-at_install")
class TestFilters(WaterCommon):
    def _filter(self, login, model="water.inquiry", **values):
        values = {"name": "x", "model_id": model, "is_default": True, "user_ids": [], **values}
        return self._as(login, self.env["ir.filters"]).create_filter(values)

    def test_users_cannot_hide_cases_from_others(self):
        """Defaults for all belong to managers; own filters, and other apps', do not."""
        me, other = self.users["agent"].id, self.users["agent2"].id
        for people in ([], [(4, me), (4, other)]):
            with self.assertRaises(AccessError):
                self._filter("agent", user_ids=people)
        shared = self._filter("agent", is_default=False)
        with self.assertRaises(AccessError):
            self._as("agent", shared).is_default = True
        theirs = self._filter("manager", name="y")
        with self.assertRaises(AccessError):
            self._as("agent", theirs).domain = "[('id', '=', 0)]"
        for values in ({"is_default": False}, {"active": False}, {"model_id": "water.visit"}):
            with self.subTest(values), self.assertRaises(AccessError):
                self._as("agent", theirs).write(values)
        with self.assertRaises(AccessError):
            self._as("agent", theirs).unlink()
        self._as("manager", theirs).unlink()
        mine = self._filter("agent", name="z", user_ids=[(4, me)])
        self._as("agent", mine).is_default = False
        self._as("agent", mine).unlink()
        self.assertTrue(self._filter("agent", "res.partner"))
