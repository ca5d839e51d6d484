from odoo import fields, models


class WaterGuideFee(models.Model):
    """One fee of a business and the rule by which it is asked."""

    _name = "water.guide.fee"
    _inherit = ["water.guide.part.mixin", "water.mixin"]
    _description = "Fee of a Guide"

    name = fields.Char(string="Fee Item")
    amount = fields.Monetary(string="Sum", help="0 with “by measure”: as the note says.")
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.currency_id
    )
    is_variable = fields.Boolean(
        string="By Measure", help="Worked out for the case, for instance by the quote."
    )
    basis = fields.Char(
        required=True, translate=True, help="Price list, decree or contract by which it is asked."
    )
    note = fields.Char(translate=True)

    _amount_sane = models.Constraint("CHECK (amount >= 0)", "A fee is never negative.")

    def _amount_text(self):
        """Return the fee for the customer: a sum, free of charge, or by measure."""
        self.ensure_one()
        if self.is_variable:
            return self.note or self.env._("as worked out for your case")
        return self.currency_id.format(self.amount) if self.amount else self.env._("free of charge")
