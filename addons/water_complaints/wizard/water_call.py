from odoo import fields, models


class WaterCall(models.TransientModel):
    _inherit = "water.call"

    demand = fields.Char(help="What the customer asks for; a complaint needs it.")

    def action_register_complaint(self):
        """Register a complaint and go straight on to reading it back (S3.2.1d)."""
        case = self._register_case(
            "water.complaint", demand=self.demand, occurred_at=self.occurred_at
        )
        return case.action_readback()
