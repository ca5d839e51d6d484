from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_quality.kpi.tests.sheet_common import KpiSheetCommon
from odoo.addons.water_service_desk.base.tests.common import NOW
from odoo.addons.water_service_desk.base.trust import trusted

from ..hooks import leave_counted, take_up_counted

SHIPPED = "water_quality_compensation.kpi_k35"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestFiguresOfMoney(KpiSheetCommon):
    """Closed sheets survive uninstalling and are taken up by the next install."""

    def test_a_closed_sheet_keeps_its_figure(self):
        shipped, sheet = self.env.ref(SHIPPED), self._closed()
        line = self._line("K35", sheet)
        self.assertTrue(line)
        leave_counted(self.env)
        self.assertFalse(shipped.active or self.env.ref(SHIPPED, raise_if_not_found=False))
        self.assertEqual((line.exists(), line.kpi_id), (line, shipped))
        self.assertEqual(sheet.action_verify()["params"]["type"], "success")
        take_up_counted(self.env)
        self.assertEqual((self.env.ref(SHIPPED), shipped.active), (shipped, True))

    def test_unused_figures_are_removed(self):
        shipped = self.env.ref(SHIPPED)
        trusted(self.env["water.kpi.line"].search([("kpi_id", "=", shipped.id)])).unlink()
        leave_counted(self.env)
        self.assertEqual((self.env.ref(SHIPPED), shipped.active), (shipped, True))
