from odoo import api, fields, models
from odoo.fields import Domain


class WaterAccountBill(models.Model):
    """A bill of an account."""

    _name = "water.account.bill"
    _inherit = ["water.billed.mixin"]
    _description = "Bill of an Account"
    _order = "issued_on desc, id desc"
    _rec_name = "number"

    number = fields.Char(string="Bill Number")
    issued_on = fields.Date(required=True, readonly=True)
    due_on = fields.Date(string="To Be Paid by", readonly=True)
    period_from = fields.Date(string="Period from", readonly=True)
    period_until = fields.Date(readonly=True)
    volume = fields.Float(string="Water (m³)", digits=(12, 2), readonly=True)
    amount = fields.Monetary(string="Amount of the Bill", required=True, readonly=True)
    state = fields.Selection(
        [("open", "To pay"), ("paid", "Paid"), ("void", "Cancelled bill")],
        required=True,
        readonly=True,
        default="open",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    @api.model
    def _since_day(self, moved):
        """His last bill comes after he has moved out: a bill is his in whose time it ended."""
        ended = Domain("period_until", "=", False) | Domain("period_until", ">", moved)
        return super()._since_day(moved) & ended
