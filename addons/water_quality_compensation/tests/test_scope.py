"""Optional parts of the service that a company has switched off: not seen, not asked, not run."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.water_complaints.complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestScope(ComplaintCommon):
    def _switch_off(self, *parts):
        settings = self.env["res.config.settings"].create(
            {f"group_water_use_{part}": False for part in parts}
        )
        settings.execute()

    def test_case_is_promised_no_news_without_progress_news(self):
        promised = self._inquiry().deadline_ids.mapped("kind")
        self._switch_off("progress_news")
        kinds = self._inquiry().deadline_ids.mapped("kind")
        self.assertNotIn("news", kinds)
        self.assertEqual(set(kinds), set(promised) - {"news"})

    def test_letter_needs_no_signature_without_sign_off(self):
        case = self._inquiry()
        rules = self.env["water.sign.rule"]
        rules.create({"name": "全部", "what": "answer", "signer": "supervisor"})
        self.assertTrue(rules._rule_for(case, "answer"))
        self._switch_off("sign_off")
        self.assertFalse(rules._rule_for(case, "answer"))

    def test_category_starts_no_playbook_without_playbooks(self):
        plan = self.env["mail.activity.plan"].create({"name": "步骤", "res_model": "water.inquiry"})
        category = self._category("gn")
        category.plan_ids = plan
        self.assertEqual(category._playbook("water.inquiry"), plan)
        self._switch_off("playbooks")
        self.assertFalse(category._playbook("water.inquiry"))

    def test_scheduled_actions_rest_without_their_part(self):
        anchors = self.env["water.anchor"].search_count([])
        self._switch_off("anchors", "queues", "legal_holds")
        for name in ("water_service_desk.ir_cron_anchor", "water_service_desk.ir_cron_allocate"):
            self.env.ref(name).method_direct_trigger()
        self.env.ref("water_complaints.ir_cron_destruction").method_direct_trigger()
        self.assertEqual(self.env["water.anchor"].search_count([]), anchors)

    def test_second_factor_is_not_demanded_without_it(self):
        group = self.env.ref("water_service_desk.group_manager")
        settings = self.env["res.config.settings"].create({"water_second_factor_ids": group.ids})
        settings.execute()
        manager = self.users["manager"]
        self.assertTrue(manager._water_second_factor_demanded())
        self._switch_off("second_factor")
        self.assertFalse(manager._water_second_factor_demanded())

    def test_orders_are_refused_without_orders(self):
        inquiries = self._as("agent", self.env["water.inquiry"])
        self._switch_off("orders")
        with self.assertRaisesRegex(UserError, "switched off"):
            inquiries.import_orders([{"external_ref": "1", "description": "没水"}])
