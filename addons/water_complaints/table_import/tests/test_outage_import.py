"""Planned outages from a table: drafts, each once."""

import base64

from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW, WaterCommon, local
from odoo.addons.water_service_desk.base.trust import trusted

TABLE = """停水事项,供水片区,停水开始,预计恢复,停水范围
东城路改造,T-E、试验西片,2026-03-20 08:00,2026-03-20 18:00,东城路
没有片区,,2026-03-20 08:00,2026-03-20 18:00,
倒过来,T-E,2026-03-20 18:00,2026-03-20 08:00,
没有时间,T-E,,2026-03-20 08:00,
,T-E,2026-03-21 08:00,2026-03-21 18:00,
"""


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestOutageImport(WaterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zones = cls.env["water.zone"].create(
            [{"name": "试验东片", "code": "T-E"}, {"name": "试验西片", "code": "T-W"}]
        )

    def _dialog(self, text):
        wizards = self._as("supervisor", self.env["water.table.import.wizard"])
        content = base64.b64encode(text.encode())
        return wizards.create({"kind": "water.incident", "file": content})

    def _planned(self):
        self.env.invalidate_all()
        here = [("is_planned", "=", True), ("zone_ids", "in", self.zones.ids)]
        return self.env["water.incident"].search(here)

    def test_drafts(self):
        dialog = self._dialog(TABLE)
        dialog.action_check()
        self.assertFalse(self._planned())
        for words in (
            *("Would be new: 1", "Not taken: 4", "Name the zones", "ends after it begins"),
            *("Write times like", "subject is missing"),
        ):
            with self.subTest(words=words):
                self.assertIn(words, dialog.report)
        dialog.action_import()
        outage = self._planned()
        self.assertRecordValues(
            outage,
            [
                {
                    "subject": "东城路改造",
                    "state": "proposed",
                    "aware_at": local("2026-03-20 08:00"),
                    "announced_end_at": local("2026-03-20 18:00"),
                    "zone_ids": self.zones.ids,
                }
            ],
        )

    def test_the_same_again(self):
        """A later end changes the draft; a table does not change an outage that has begun."""
        self._dialog(TABLE).action_import()
        later = TABLE.replace("2026-03-20 18:00,东城路", "2026-03-20 20:00,东城路")
        dialog = self._dialog(later)
        dialog.action_import()
        self.assertIn("Corrected: 1", dialog.report)
        self.assertEqual(self._planned().announced_end_at, local("2026-03-20 20:00"))
        trusted(self._planned()).write({"state": "open"})
        dialog = self._dialog(TABLE)
        dialog.action_import()
        self.assertIn("has begun", dialog.report)
        self.assertEqual(self._planned().announced_end_at, local("2026-03-20 20:00"))
