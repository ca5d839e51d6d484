from odoo.tests import tagged

from ...base.tests.common import WaterCommon


@tagged("post_install", "-at_install")
class TestDispatchNobody(WaterCommon):
    """Work sent to an empty department: sender and supervisors are told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.empty = cls.env["water.department"].create({"name": "Old Yard", "code": "OLD"})

    def _told(self, login):
        """Subjects of what a member of staff was told of such work."""
        mine = [("partner_ids", "in", self.users[login].partner_id.ids)]
        found = (
            self.env["mail.message"]
            .sudo()
            .search([*mine, ("subject", "like", "no one to receive")])
        )
        return found.mapped("subject")

    def _note(self, case, department, supports=None):
        wizards = self._as("agent", self.env["water.dispatch.wizard"])
        values = {"case_model": case._name, "case_ids": case.ids, "department_id": department.id}
        supports = supports or department.browse()
        return wizards.new({**values, "support_department_ids": supports}).nobody_note

    def test_empty(self):
        case = self._inquiry()
        self.assertIn("Old Yard has no staff", self._note(case, self.empty))
        self.assertIn("Old Yard", self._note(case, self.net, self.empty))
        self._dispatch(case, self.empty)
        words = "Old Yard has no one to receive 1 new dispatches"
        self.assertEqual(self._told("supervisor"), [words])
        self.assertFalse(self._told("agent"))

    def test_present_people(self):
        """A head is enough, and a member; one who has left or must not hear of it is none."""
        case, worker = self._inquiry(), self.users["department2"]
        worker.water_department_ids = self.empty
        self.assertFalse(self._note(case, self.empty))
        worker.active = False
        self.assertTrue(self._note(case, self.empty))
        self.empty.manager_id = self.users["agent2"]
        self.assertFalse(self._note(case, self.empty))
        self._dispatch(case, self.empty)
        self.assertFalse(self._told("supervisor"))
        his = self._inquiry(partner_id=self.users["agent2"].partner_id.id)
        self.assertTrue(self._note(his, self.empty))
