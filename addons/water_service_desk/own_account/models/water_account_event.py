from odoo import fields, models


class WaterAccountEvent(models.Model):
    """The event of binding an account, which notifies its holder."""

    _inherit = "water.account.event"

    kind = fields.Selection(
        selection_add=[("bound", "Account bound by proof")], ondelete={"bound": "cascade"}
    )
