from odoo.exceptions import AccessDenied
from odoo.tests import tagged

from ..models.ir_module_module import KEPT
from .common import ArchiveCommon


@tagged("post_install", "-at_install")
class TestArchiveKept(ArchiveCommon):
    """Uninstalling needs a confirmation that sealed files are kept elsewhere."""

    def _uninstall(self, name="water_complaints"):
        module = self.env.ref(f"base.module_{name}")
        module.button_uninstall()
        return module

    def test_without_sealed_files(self):
        self.env["water.archive"].search([]).sudo()._write({"state": "destroyed"})
        self.assertEqual(self._uninstall().state, "to remove")

    def test_sealed_files_stay(self):
        self._sealed(self._archived())
        parameters = self.env["ir.config_parameter"]
        for value in (False, "True", "another-database"):
            parameters.set_param(KEPT, value)
            with self.subTest(value=value):
                # nor with the records that it needs, and the records deleted with those
                for name in ("water_complaints", "portal"):
                    with self.assertRefused("sealed files of complaints"):
                        self._uninstall(name)
        parameters.set_param(KEPT, self.env.cr.dbname)
        self.assertEqual(self._uninstall().state, "to remove")

    def test_strangers_learn_nothing(self):
        """Users who may not uninstall are not told how many there are."""
        self._sealed(self._archived())
        module = self.env.ref("base.module_water_complaints")
        for login in ("agent", "manager", "portal1"):
            with self.assertRaises(AccessDenied):
                self._as(login, module).button_uninstall()

    def test_others_go_as_before(self):
        self._sealed(self._archived())
        other = self.env["ir.module.module"].search([("state", "=", "installed")])
        other = other.filtered(lambda row: not row.downstream_dependencies())
        other -= self.env.ref("base.module_water_complaints")
        other = other.filtered(lambda row: row.name != "water_service_desk")[:1]
        other.button_uninstall()
        self.assertEqual(other.state, "to remove")
