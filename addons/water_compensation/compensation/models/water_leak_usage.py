from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base.locks import lock_rows
from odoo.addons.water_service_desk.base.trust import is_trusted


class WaterLeakUsage(models.Model):
    """The consumption of an account in a period without a leak."""

    _name = "water.leak.usage"
    _inherit = ["water.mixin"]
    _description = "Normal Use of a Period"
    _order = "period, id"
    _rec_name = "period"
    _keeps_what_is_shown = True
    _settable_on_create = frozenset({"allowance_id"})

    allowance_id = fields.Many2one(
        "water.leak.allowance",
        required=True,
        readonly=True,  # no period is carried into an application that was handed in
        index=True,
        ondelete="cascade",
    )
    period = fields.Char(required=True, help="Such as 2025-07 to 2025-08.")
    volume = fields.Float(string="Used (m³)", digits=(12, 2), required=True)
    company_id = fields.Many2one(related="allowance_id.company_id", store=True, index=True)

    _volume_sane = models.Constraint("CHECK (volume >= 0)", "A volume is never negative.")

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_draft()
        return rows

    def write(self, vals):
        self._check_draft()
        return super().write(vals)

    def unlink(self):
        self._check_draft()
        return super().unlink()

    def _check_draft(self):
        if is_trusted(self.env):
            return
        lock_rows(self.allowance_id)
        if any(row.allowance_id.state != "draft" for row in self):
            raise UserError(self.env._("This application has been handed in already."))
