from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import WaterCommon


@tagged("post_install", "-at_install")
class TestNames(WaterCommon):
    """External ids that the code uses come from addons and stay."""

    def _filters(self, **context):
        return self._as("agent", self.env["ir.filters"]).with_context(**context)

    def test_no_name_is_taken_away(self):
        """Roles, users and templates keep their external ids."""
        row = {"name": "x", "model_id": "res.partner", "user_ids": [(4, self.env.uid)]}
        for name in ("base.public_user", "water_service_desk.group_manager"):
            known = self.env.ref(name)
            with self.subTest(name), self.assertRaises(AccessError):
                self._filters(_import_current_module="x").create({**row, "id": name})
            self.assertEqual(self.env.ref(name), known)

    def test_no_name_of_an_addon_is_invented(self):
        """The next upgrade would take the record for the addon's, and delete or overwrite it."""
        names, rows = ["id", "name", "model_id"], ["x", "res.partner"]
        told = self._filters().load(names, [["water_service_desk.planted", *rows]])
        self.assertFalse(told["ids"])
        self.assertIn("installed app", told["messages"][0]["message"])
        self.assertFalse(self.env.ref("water_service_desk.planted", raise_if_not_found=False))
        with self.assertRaises(AccessError):
            self._filters(_import_current_module="base").create(
                {"id": "planted", "name": "x", "model_id": "res.partner"}
            )

    def test_imports_name_their_rows(self):
        """A name of one's own is given once and stays with its record."""
        columns = ["id", "name", "model_id"]
        done = self._filters().load(columns, [["ours_1", "x", "res.partner"]])
        self.assertTrue(done["ids"], done["messages"])
        again = self._filters().load(columns, [["ours_1", "y", "res.partner"]])
        self.assertEqual(done["ids"], again["ids"])
        self.assertEqual(self.env["ir.filters"].browse(done["ids"]).name, "y")
        with self.assertRaises(AccessError):
            self._filters(_import_current_module="__import__").create(
                {"id": "ours_1", "name": "z", "model_id": "res.partner"}
            )
