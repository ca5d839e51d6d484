from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import float_repr, format_amount

from ...base.moments import day_text


def cubic_metres(env, amount):
    """A volume as people read it: no more digits than it has."""
    return env._("%s m³", float_repr(amount, 2).rstrip("0").rstrip("."))


class WaterAccountBill(models.Model):
    """A bill of an account."""

    _name = "water.account.bill"
    _inherit = ["water.billed.mixin", "water.mixin"]
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
        """Include bills whose period ended in the holder's time: the last one comes after moving
        out.
        """
        ended = Domain("period_until", "=", False) | Domain("period_until", ">", moved)
        return super()._since_day(moved) & ended

    # -- account -------------------------------------------------------------------------------

    def _portal_row(self):
        """One bill, in the reader's language."""
        states = dict(self._fields["state"]._description_selection(self.env))
        days = [day_text(day) for day in (self.period_from, self.period_until) if day]
        return {
            "number": self.number,
            "issued_on": day_text(self.issued_on),
            "due": self._due_words(),
            "period": " – ".join(days),
            "volume": cubic_metres(self.env, self.volume),
            "amount": format_amount(self.env, self.amount, self.currency_id),
            "state": self.state,
            "status": states[self.state],
        }

    def _due_words(self):
        is_due = self.due_on and self.state == "open"
        return self.env._("To be paid by %s", day_text(self.due_on)) if is_due else ""
