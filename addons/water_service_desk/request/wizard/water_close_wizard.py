from odoo import api, fields, models

from ..models.water_request import SATISFACTION


class WaterCloseWizard(models.TransientModel):
    """Ask the customer for a rating after a request that was carried out."""

    _inherit = "water.close.wizard"

    is_asked = fields.Boolean(compute="_compute_is_asked", export_string_translation=False)
    satisfaction = fields.Selection(SATISFACTION)
    satisfaction_reason = fields.Char(string="Reason")

    @api.depends("case_ids")
    def _compute_is_asked(self):
        for wizard in self:
            case = wizard._cases()[:1]
            asks = case and "satisfaction" in case._fields and not case.is_anonymous
            wizard.is_asked = not asks or bool(case.satisfaction)
