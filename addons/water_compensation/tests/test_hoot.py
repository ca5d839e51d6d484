from odoo.tests import tagged

from odoo.addons.water_service_desk.tests import test_hoot


@tagged("post_install", "-at_install")
class TestCompensationHoot(test_hoot.TestHoot):
    addon = "water_compensation"
