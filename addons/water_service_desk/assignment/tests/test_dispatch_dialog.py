from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ...base.tests.common import WaterCommon


@tagged("post_install", "-at_install")
class TestDispatchDialog(WaterCommon):
    """Proposals of the dispatch dialog."""

    second_company = True

    def test_proposed_supporter_becomes_leader(self):
        """Choosing a leader removes it from the supporters."""
        category = self._category("wq04")
        category.support_department_ids = self.net
        case = self._inquiry(category_id=category.id)
        about = {"active_model": case._name, "active_ids": case.ids}
        dialogs = self._as("agent", self.env["water.dispatch.wizard"]).with_context(**about)
        with Form(dialogs) as form:
            self.assertEqual(form.support_department_ids.ids, self.net.ids)
            form.department_id = self.net
            self.assertFalse(form.support_department_ids.ids)
        form.record.action_dispatch()
        self.assertEqual(case.dispatch_ids.department_id, self.net)

    def test_dialog_about_a_case_of_others(self):
        wizards = self._as("foreign", self.env["water.dispatch.wizard"])
        case = self._inquiry()
        wizards = wizards.with_context(active_model=case._name, active_ids=case.ids)
        with self.assertRaises(AccessError):
            wizards.create({})
