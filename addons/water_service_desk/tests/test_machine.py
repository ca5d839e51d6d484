from odoo.tests import tagged

from ..base.tests.common import WaterCommon
from .machine import drive
from .machine_desk import DeskMachine


@tagged("post_install", "-at_install")
class TestDeskMachine(WaterCommon):
    def test_inquiries_and_requests(self):
        """Every path of inquiries and requests keeps what must always hold."""
        drive(self, DeskMachine)
