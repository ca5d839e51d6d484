from odoo import api, models

#: States in which a payment counts.
ACTIVE = ("in_process", "paid")


class AccountPayment(models.Model):
    """A payment of a compensation, however it was made: Odoo has it settle an entry by a mere link
    where it has no books of its own.
    """

    _inherit = "account.payment"

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        payments._check_water_paid({})
        return payments

    def write(self, vals):
        # another amount is another payment
        before = {} if "amount" in vals else self._water_pays()
        result = super().write(vals)
        self._check_water_paid(before)
        return result

    def _water_pays(self):
        """{id: the compensations whose entries it settles}, of payments that count."""
        # sudo: account.payment, water.compensation - whoever pays need not see compensations
        active = self.sudo().filtered(lambda payment: payment.state in ACTIVE)
        return {row.id: row.invoice_ids.water_compensation_id for row in active}

    def _check_water_paid(self, before):
        """Refuse what may not be paid, and what is not paid as it was approved.

        :param before: what the payments settled already
        """
        for payment in self.sudo():
            rows = payment._water_pays().get(payment.id, ())
            for row in rows:
                is_new = row not in before.get(payment.id, rows.browse())
                if is_new:
                    row._check_pay()
                row._check_paid_by(payment, is_new and payment._water_is_of_another_amount())

    def _water_is_of_another_amount(self):
        """Whether it is more than is open, or its entries are settled by what it writes off."""
        money, entries = self.currency_id, self.invoice_ids
        is_same = entries and entries.currency_id == money
        if is_same and money.compare_amounts(self.amount, self._water_open_amount()) > 0:
            return True
        _liquid, open_lines, written_off = self._seek_for_lines()
        settled = abs(sum(open_lines.mapped("amount_currency")))
        return bool(written_off) and money.compare_amounts(self.amount, settled) < 0

    def _water_open_amount(self):
        """What its entries leave to it; one with books of its own settles what is open, no more."""
        entries = self.invoice_ids
        if self.move_id:
            return sum(entries.mapped("amount_total"))
        others = (entries.matched_payment_ids - self).filtered(
            lambda payment: payment.state in ACTIVE and not payment.move_id
        )
        return sum(entries.mapped("amount_residual")) - sum(others.mapped("amount"))
