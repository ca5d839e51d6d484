from odoo import fields, models


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
