from odoo import api, models
from odoo.exceptions import AccessError

from odoo.addons.water_service_desk.base.trust import is_trusted


class WaterInspectionLine(models.Model):
    """Keep the items of outside visitors read-only for staff."""

    _inherit = "water.inspection.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if any(vals.keys() & {"rating", "note", "photo"} for vals in vals_list):
            lines._check_not_given_out()
        return lines

    def write(self, vals):
        self._check_not_given_out()
        return super().write(vals)

    def _check_not_given_out(self):
        """Refuse staff edits once the checklist is with the visitor.

        :raises AccessError: by staff
        """
        if not is_trusted(self.env) and self.inspection_id.filtered("given_at"):
            raise AccessError(self.env._("The visitor from outside fills this checklist in."))
