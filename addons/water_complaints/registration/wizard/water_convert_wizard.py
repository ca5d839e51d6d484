from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.case.models.water_case_triage import EMOTIONS


class WaterConvertWizard(models.TransientModel):
    """Turn an inquiry of a dissatisfied customer into a complaint."""

    _name = "water.convert.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Make It a Complaint"

    category_id = fields.Many2one(
        "water.category", domain=[("for_complaint", "=", True), ("parent_id", "!=", False)]
    )
    address = fields.Char()
    occurred_at = fields.Datetime(string="Happened at")
    demand = fields.Text(required=True)
    emotion = fields.Selection(EMOTIONS, string="Mood", default="agitated")
    reason = fields.Char(string="What Shows It", required=True)

    @api.model
    def default_get(self, fields):
        """Fill the dialog from the inquiry."""
        values = super().default_get(fields)
        if not values.get("case_ids"):
            return values
        case = self.new(values)._cases()[:1]
        fits = case.category_id.for_complaint and case.category_id.parent_id
        known = {
            "category_id": case.category_id.id if fits else False,
            "address": case.address,
            "occurred_at": case.occurred_at or case.received_at,
        }
        return {name: known[name] for name in known if name in fields} | values

    def action_convert(self):
        """Register the complaint and go on to reading it back (S3.2.1d)."""
        values = {
            "category_id": self.category_id.id,
            "address": self.address,
            "occurred_at": self.occurred_at,
            "demand": self.demand,
            "emotion": self.emotion,
        }
        case = self._one()
        if case._name != "water.inquiry":
            raise UserError(self.env._("Open this dialog from an inquiry."))
        return windows.form(case._convert_to_complaint(values, self.reason))
