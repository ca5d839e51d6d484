from odoo import fields, models


class WaterDeliveryWizard(models.TransientModel):
    """Record that a printed letter has reached the customer: when, how, into whose hands."""

    _name = "water.delivery.wizard"
    _inherit = "water.mixin"
    _description = "Record a Delivery"

    notice_id = fields.Many2one("water.notice", required=True, readonly=True)
    delivered_at = fields.Datetime(string="When", required=True, default=fields.Datetime.now)
    how = fields.Selection(
        [("post", "By post"), ("hand", "Handed over")],
        required=True,
        compute="_compute_how",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    delivered_to = fields.Char(string="Received by")
    delivery_ref = fields.Char(string="Postal Number")
    signature = fields.Binary(attachment=False)

    def _compute_how(self):
        for wizard in self:
            wizard.how = "post" if wizard.notice_id.way == "post" else "hand"

    def action_save(self):
        """Record the proof; the notice checks access and completeness."""
        self.notice_id._record_delivery(
            {
                "delivered_at": self.delivered_at,
                "delivered_how": self.how,
                "delivered_to": self.delivered_to,
                "delivery_ref": self.delivery_ref,
                "signature": self.signature,
            }
        )
        return {"type": "ir.actions.act_window_close"}
