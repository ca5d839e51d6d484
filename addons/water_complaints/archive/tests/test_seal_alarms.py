from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestSealAlarms(ArchiveCommon):
    """Complaints that wait to be sealed, or cannot be, are alarms."""

    def test_they_go_off(self):
        case, alarms = self._archived(), self.env["water.alarm"]
        self.env.flush_all()
        for code, change in (
            ("SealsWait", "seal_due_at = %(then)s, seal_error = NULL"),
            ("SealFails", "seal_due_at = now(), seal_error = 'x'"),
        ):
            others = "UPDATE water_complaint SET seal_due_at = NULL"
            self.env.cr.execute(others)
            self.assertNotIn(code, alarms._update().filtered("is_on").mapped("code"))
            then = fields.Datetime.now() - timedelta(hours=7)
            statement = f"UPDATE water_complaint SET {change} WHERE id = %(id)s"
            self.env.cr.execute(statement, {"then": then, "id": case.id})
            self.assertIn(code, alarms._update().filtered("is_on").mapped("code"))
