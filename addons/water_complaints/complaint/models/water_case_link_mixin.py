from odoo import fields, models
from odoo.exceptions import AccessError

from odoo.addons.water_service_desk.base.locks import lock_rows
from odoo.addons.water_service_desk.base.trust import is_trusted


class WaterCaseLinkMixin(models.AbstractModel):
    _inherit = "water.case.link.mixin"

    _case_links = ("complaint_id",)

    complaint_id = fields.Many2one("water.complaint", index="btree_not_null", ondelete="restrict")

    def unlink(self):
        self._check_case_sealed()
        return super().unlink()

    def _check_case_sealed(self):
        """Refuse to add or change rows of an archived complaint (S3.2.4b)."""
        if not self._sealed_with_case or is_trusted(self.env):
            return
        # sudo: water.complaint - asked for its state
        cases = self.sudo().complaint_id
        lock_rows(cases)
        if any(case.state == "archived" for case in cases):
            raise AccessError(self.env._("The complaint is archived and can no longer be changed."))
