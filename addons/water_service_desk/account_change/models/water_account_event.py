from odoo import fields, models


class WaterAccountEvent(models.Model):
    """Changes of holder, payee, bank and contact in the chain of an account."""

    _inherit = "water.account.event"
    _said_again = {"change_id": "change"}

    delegate_id = fields.Many2one(required=False)
    change_id = fields.Many2one(
        "water.account.change", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    kind = fields.Selection(
        selection_add=[
            ("holder_changed", "Another holder"),
            ("payee_named", "Another payee"),
            ("contact_changed", "Contact changed"),
            ("bank_changed", "Bank account changed"),
            ("change_confirmed", "Change confirmed by a second person"),
            ("freeze_released", "Payments released"),
        ],
        ondelete={
            kind: "cascade"
            for kind in (
                *("holder_changed", "payee_named", "contact_changed", "bank_changed"),
                *("change_confirmed", "freeze_released"),
            )
        },
    )
