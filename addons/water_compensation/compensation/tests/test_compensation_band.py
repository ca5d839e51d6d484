from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import freeze_time

from odoo.addons.water_service_desk.base.tests.common import NOW

from .common import CompensationCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCompensationBand(CompensationCommon):
    def test_decider_in_words(self):
        """The role, then names; both in the list and in the refusal."""
        band, name = self.env.ref("water_compensation.compensation_band_small"), "陈静"
        self.users["agent2"].name = name
        row = self._proposed()
        for role, people, words in (
            *(("supervisor", True, f"Supervisors, {name}"), (False, True, name)),
            ("manager", False, "Managers"),
        ):
            band.write({"role": role, "user_ids": self.users["agent2"] if people else False})
            row.invalidate_recordset(["approval_text"])
            with self.subTest(words):
                self.assertEqual(row.approval_text, f"{words} (0 of 1)")
                with self.assertRaisesRegex(UserError, f"this is decided by: {words}$"):
                    self._as("finance", row).action_approve()
