from odoo import api, fields, models


class WaterDispatch(models.Model):
    """Whether a department has said that its people are on site: it is not asked again."""

    _inherit = "water.dispatch"

    has_arrived = fields.Boolean(compute="_compute_has_arrived", export_string_translation=False)

    @api.depends("state")
    def _compute_has_arrived(self):
        for dispatch in self:
            # sudo: water.case.event - of the department's own work
            case, own = dispatch.sudo()._case_or_none(), dispatch._payload()
            dispatch.has_arrived = bool(case and dispatch.accepted_at) and any(
                row.kind == "arrived" and row.payload == own and row.at >= dispatch.accepted_at
                for row in case.event_ids
            )
