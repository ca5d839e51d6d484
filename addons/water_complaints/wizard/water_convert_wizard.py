from odoo import api, fields, models

from odoo.addons.water_service_desk.models.water_triage_mixin import EMOTIONS


class WaterConvertWizard(models.TransientModel):
    """An inquiry in which the customer shows that he is not content becomes a complaint."""

    _name = "water.convert.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Make It a Complaint"

    category_id = fields.Many2one(
        "water.category",
        required=True,
        domain=[("for_complaint", "=", True), ("parent_id", "!=", False)],
        compute="_compute_from_case",
        store=True,
        readonly=False,
        precompute=True,
    )
    address = fields.Char(
        required=True, compute="_compute_from_case", store=True, readonly=False, precompute=True
    )
    occurred_at = fields.Datetime(
        string="Happened at",
        required=True,
        compute="_compute_from_case",
        store=True,
        readonly=False,
        precompute=True,
    )
    demand = fields.Text(required=True)
    emotion = fields.Selection(EMOTIONS, string="Mood", default="agitated")
    reason = fields.Char(string="What Shows It", required=True)

    @api.depends("case_ids")
    def _compute_from_case(self):
        for wizard in self:
            case = wizard._cases()[:1]
            fits = case.category_id.for_complaint and case.category_id.parent_id
            wizard.category_id = fits and case.category_id
            wizard.address = case.address
            wizard.occurred_at = case.occurred_at or case.received_at

    def action_convert(self):
        """Register the complaint and go on to reading it back (S3.2.1d)."""
        values = {
            "category_id": self.category_id.id,
            "address": self.address,
            "occurred_at": self.occurred_at,
            "demand": self.demand,
            "emotion": self.emotion,
        }
        complaint = self._cases()._convert_to_complaint(values, self.reason)
        return {
            "type": "ir.actions.act_window",
            "res_model": complaint._name,
            "res_id": complaint.id,
            "views": [(False, "form")],
        }
