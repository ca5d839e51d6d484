from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _water_payment(self):
        """Where the entry of a compensation stands.

        :return: ``(payment_state, paid_on)`` of ``water.compensation``
        """
        if not self or self.state == "cancel":
            return "none", False
        if self.state == "draft":
            return "draft", False
        if self.payment_state == "reversed":
            return "reversed", False
        return ("paid", self.date) if self.payment_state == "paid" else ("posted", False)
