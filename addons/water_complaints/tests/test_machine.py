from odoo.tests import tagged

from odoo.addons.water_service_desk.tests.machine import add_people, drive

from ..appeal.tests.common import AppealCommon
from ..compensation.tests.common import CompensationCommon
from ..compensation_scheme.tests.common import SchemeCommon
from .machine_house import HouseMachine


@tagged("post_install", "-at_install")
class TestHouseMachine(AppealCommon, SchemeCommon, CompensationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_people(cls)

    def test_complaints(self):
        """Every path of a complaint keeps what must always hold."""
        drive(self, HouseMachine)
