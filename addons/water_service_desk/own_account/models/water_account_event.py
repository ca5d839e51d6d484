from odoo import fields, models


class WaterAccountEvent(models.Model):
    """That somebody has bound the account is told to its holder."""

    _inherit = "water.account.event"

    kind = fields.Selection(
        selection_add=[("bound", "Account bound by proof")], ondelete={"bound": "cascade"}
    )
