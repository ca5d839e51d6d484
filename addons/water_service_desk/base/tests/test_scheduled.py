from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import WaterCommon


@tagged("post_install", "-at_install")
class TestScheduled(WaterCommon):
    def test_users_cannot_do_the_clocks_work(self):
        """No role runs a scheduled action, ours or of other apps, by its number."""
        # all: each is a separate action for every model
        actions = self.env["ir.cron"].with_context(active_test=False).search([("id", ">", 0)])
        actions = actions.ir_actions_server_id
        self.assertTrue(actions.filtered(lambda action: action.model_name.startswith("water.")))
        for login in ("agent", "department", "supervisor", "quality", "manager", "plain"):
            for action in actions:
                with self.subTest(login, action=action.name), self.assertRaises(AccessError):
                    self._as(login, action).run()

    def test_administrators_and_the_system_do(self):
        """The button of an administrator runs it, and so does the clock."""
        cron = self.env.ref("water_service_desk.ir_cron_deputies")
        cron.with_user(self.env.ref("base.user_admin")).method_direct_trigger()
        cron.method_direct_trigger()

    def test_others_in_whose_name_it_runs(self):
        """A scheduled action with another user, set by an administrator, runs as that user."""
        cron = self.env.ref("water_service_desk.ir_cron_deputies")
        cron.user_id = self.users["manager"]
        self._as("manager", cron.ir_actions_server_id).run()
        with self.assertRaises(AccessError):
            self._as("supervisor", cron.ir_actions_server_id).run()
