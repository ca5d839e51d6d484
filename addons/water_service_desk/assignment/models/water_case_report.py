from odoo import api, fields, models


class WaterCaseMixin(models.AbstractModel):
    """What the department at work was told, and what it reports: on the case itself."""

    _inherit = "water.case.mixin"

    lead_note = fields.Text(string="Instruction", compute="_compute_lead")
    lead_report = fields.Text(string="Report", compute="_compute_lead")

    @api.depends("dispatch_ids.note", "dispatch_ids.result", "dispatch_ids.state")
    def _compute_lead(self):
        for case in self:
            # sudo: water.dispatch - whoever reads the case reads what was done for it
            rows = case.sudo().dispatch_ids.filtered(
                lambda row: row.role == "lead" and row.state not in ("rejected", "cancelled")
            )
            lead = rows.sorted("id")[-1:]
            case.lead_note, case.lead_report = lead.note, lead.result
