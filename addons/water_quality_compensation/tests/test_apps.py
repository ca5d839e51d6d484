import re

from odoo.tests import TransactionCase, tagged

from odoo.addons.water_service_desk.base.tests.common import speak_chinese

MODULES = ("water_service_desk", "water_complaints", "water_compensation")
MODULES += ("water_quality", "water_quality_compensation")
NAMES = {"供水客服", "供水投诉", "供水补偿", "供水服务质量", "供水服务质量：补偿"}


@tagged("post_install", "-at_install")
class TestApps(TransactionCase):
    def test_names_in_the_list_of_apps(self):
        """Odoo counts them to an addon of its own; ours bring them in Chinese all the same."""
        speak_chinese(self.env, *MODULES)
        modules = self.env["ir.module.module"].search([("name", "in", MODULES)])
        chinese = modules.with_context(lang="zh_CN")
        self.assertEqual(set(chinese.mapped("shortdesc")), NAMES)
        self.assertTrue(all(re.search("[\u4e00-\u9fff]", row.summary) for row in chinese))
