from odoo import fields, models

from ..compensation import plain

#: billing data of an account, by the names that calculations use
BILL = {
    "basic": "monthly_basic_fee",
    "usage": "monthly_usage_fee",
    "annual_water": "annual_water_bill",
    "annual_sewerage": "annual_sewerage_charge",
}


class WaterAccount(models.Model):
    """Billing data of an account, as far as compensation depends on it."""

    _inherit = "water.account"

    monthly_basic_fee = fields.Monetary(
        currency_field="water_currency_id", help="Fixed fee of a month, from the billing system."
    )
    monthly_usage_fee = fields.Monetary(
        currency_field="water_currency_id", help="Fee for water of a usual month."
    )
    annual_water_bill = fields.Monetary(
        currency_field="water_currency_id", help="Water of the last twelve months, no sewerage."
    )
    annual_sewerage_charge = fields.Monetary(
        currency_field="water_currency_id", help="Sewerage of the last twelve months."
    )
    water_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the Bills"
    )

    _bills_sane = models.Constraint(
        f"CHECK (LEAST({', '.join(BILL.values())}) >= 0)", "A fee is never negative."
    )

    def _compensation_bill(self):
        """Return the known fees as text."""
        account = self.sudo()
        return {name: plain(account[field]) for name, field in BILL.items() if account[field]}
