from odoo import api, fields, models

from ..models.water_case_triage import NATURES
from ..models.water_category import SEVERITIES

#: Triage fields of the dialog, written if changed there.
JUDGED = ("severity", "nature", "category_id", "prejudgement", "household_count")


class WaterTriageWizard(models.TransientModel):
    """Changes the triage of a case, with a reason (S3.2.1e)."""

    _name = "water.triage.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Reassess a Case"

    severity = fields.Selection(SEVERITIES)
    nature = fields.Selection(NATURES)
    category_id = fields.Many2one("water.category")
    prejudgement = fields.Selection(
        [("valid", "Probably valid"), ("invalid", "Probably invalid")], string="First Judgement"
    )
    household_count = fields.Integer(string="Households Affected")
    reason = fields.Char(string="Why", required=True)

    @api.model
    def default_get(self, fields):
        """Fill the dialog from the case."""
        values = super().default_get(fields)
        if not values.get("case_ids"):
            return values
        case = self.new(values)._cases()[:1]
        judged = {name: case[name] for name in JUDGED if name in fields and name not in values}
        if "category_id" in judged:
            judged["category_id"] = case.category_id.id
        return values | judged

    def action_save(self):
        """Write the changes (the case checks access)."""
        case = self._one()
        judged = {
            name: self[name].id if name == "category_id" else self[name]
            for name in JUDGED
            if self[name] != case[name]
        }
        case._retriage(judged, self.reason)
        return {"type": "ir.actions.act_window_close"}
