"""The duty board and the wall display in a real browser."""

from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tests.common import freeze_time

from ...base.tests import acts
from ...base.tests.common import WaterPeople


@tagged("post_install", "-at_install")
class TestDutyTour(WaterPeople, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_people()

    def test_supervisor_follows_what_burns(self):
        case = self._inquiry(subject="Tour: late")
        now = fields.Datetime.now()
        with freeze_time(now - timedelta(hours=3)):
            acts.promise(case, "We call back", now - timedelta(hours=1))
        self._dispatch(case)
        self.start_tour("/odoo/water-duty-board", "water_duty_board_tour", login="water_supervisor")
