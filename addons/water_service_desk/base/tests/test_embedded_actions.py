from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import WaterCommon


@tagged("post_install", "-at_install")
class TestEmbeddedActions(WaterCommon):
    """A button prepared by another user acts with the presser's rights."""

    def _button(self, login, **values):
        window = self.env.ref("water_service_desk.action_inquiry")
        values = {
            "name": "历史",
            "parent_action_id": window.id,
            "parent_res_model": "water.inquiry",
            "python_method": "action_close",
            **values,
        }
        rows = self._as(login, self.env["ir.embedded.actions"])
        row = rows.create(values)
        self.env.flush_all()
        return row

    def test_buttons_act_for_their_user_only(self):
        me = self.users["agent"].id
        contacts = self.env.ref("base.action_partner_form")
        plain = {"parent_action_id": contacts.id, "parent_res_model": "res.partner"}
        ours = self.env.ref("water_service_desk.server_action_load_china")
        opens = {
            "python_method": False,
            "action_id": self.env.ref("base.action_res_company_form").id,
        }
        for values in (
            {},
            {"user_id": self.users["supervisor"].id},
            {**plain, "python_method": "action_water_customer"},
            {**plain, "python_method": False, "action_id": ours.id},
            {**opens},
        ):
            for login in ("agent", "department", "quality", "plain"):
                with self.subTest(login=login, values=values), self.assertRaises(AccessError):
                    self._button(login, **values)
        mine = self._button("agent", user_id=me)
        for values in ({"user_id": False}, {"user_id": self.users["supervisor"].id}):
            with self.assertRaises(AccessError):
                mine.write(values)
                self.env.flush_all()
        for values in ({}, {**plain, "python_method": False, "action_id": ours.id}):
            with self.assertRaises(AccessError):  # managers confirm each other's changes
                self._button("manager", **values)
        self.assertTrue(self._button("manager", **opens))
        self.assertTrue(self._button("agent", **plain, **opens))

    def test_shared_record_cannot_be_turned(self):
        opens = self.env.ref("base.action_res_company_form").id
        shared = self._button("manager", python_method=False, action_id=opens)
        for values in ({"name": "x"}, {"domain": "[]"}, {"user_id": self.users["agent2"].id}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._as("agent", shared).write(values)
                self.env.flush_all()
