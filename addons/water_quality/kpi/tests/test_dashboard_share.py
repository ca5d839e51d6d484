import json
from base64 import b64encode

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.water_service_desk.base.tests.common import WaterCommon

REFUSED = "not published"


@tagged("post_install", "-at_install")
class TestDashboardShare(WaterCommon, HttpCase):
    """Dashboards are not readable by link alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = cls.env["spreadsheet.dashboard.group"].create({"name": "x"})
        cls.other = cls.env["spreadsheet.dashboard"].create(
            {"name": "x", "dashboard_group_id": group.id}
        )
        cls.ours = cls.env.ref("water_quality.dashboard_manager")

    def _copy(self, login, dashboard, **facts):
        data = b64encode(json.dumps({"version": 21, **facts}).encode()).decode()
        shares = self._as(login, self.env["spreadsheet.dashboard.share"])
        values = {"dashboard_id": dashboard.id, "spreadsheet_binary_data": data}
        return shares.action_get_share_url({**values, "excel_files": []})

    def test_ours_stay_inside(self):
        for login in ("manager", "supervisor"):
            with self.subTest(login), self.assertRaisesRegex(AccessError, REFUSED):
                self._copy(login, self.ours)

    def test_nor_in_the_copy_of_another(self):
        parts = dict.fromkeys(("measures", "rows", "columns", "domain"), [])
        pivot = {"pivots": {"1": {"type": "ODOO", "model": "water.fact", **parts}}}
        with self.assertRaisesRegex(AccessError, REFUSED):
            self._copy("agent", self.other, **pivot)
        self._copy("agent", self.other)
        share = self.env["spreadsheet.dashboard.share"].search([], limit=1)
        data = b64encode(json.dumps({"version": 21, **pivot}).encode())
        with self.assertRaisesRegex(AccessError, REFUSED):
            self._as("agent", share).spreadsheet_binary_data = data

    def test_copies_of_other_apps(self):
        """They are Odoo's, and stay as they are."""
        url = self._copy("agent", self.other)
        self.assertEqual(self.url_open(url).status_code, 200)

    def test_copies_made_before(self):
        """Everything published earlier is closed."""
        url = self._copy("manager", self.other)
        share = self.env["spreadsheet.dashboard.share"].search([], limit=1)
        self.env.cr.execute(
            "UPDATE spreadsheet_dashboard_share SET dashboard_id = %s WHERE id = %s",
            (self.ours.id, share.id),
        )
        share.invalidate_recordset()
        for part in ("share", "data", "download"):
            with self.subTest(part), mute_logger("odoo.http"):
                asked = self.url_open(url.replace("/share/", f"/{part}/"))
                self.assertEqual(asked.status_code, 403)
