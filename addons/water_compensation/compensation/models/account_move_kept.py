from odoo import models
from odoo.exceptions import AccessError, UserError

#: What Odoo works out, of an entry and its lines: how much is open, and for whom.
WORKED_OUT = frozenset(
    {
        *("payment_state", "status_in_payment", "amount_residual", "amount_residual_signed"),
        *("amount_residual_currency", "reconciled", "amount_total", "commercial_partner_id"),
    }
)
#: How finance has a payment wait, or go on, by Odoo's own button.
WAITS = ("blocked", "not_paid")


class AccountMove(models.Model):
    """The entry of a compensation goes its way by Odoo's buttons, and by no value that is written:
    what is posted was looked at, and what is paid is not said by hand.
    """

    _inherit = "account.move"

    def write(self, vals):
        # sudo: water.compensation - whoever books need not see compensations
        entries = self.sudo().filtered("water_compensation_id")
        if entries:
            entries._check_water_written(vals)
        linked = "matched_payment_ids" in vals and entries
        before = linked and linked.matched_payment_ids._water_pays()
        result = super().write(vals)
        if linked:
            self.sudo().matched_payment_ids._check_water_paid(before)
        if "state" in vals:  # a reversal takes back, or does so no more, whoever says it how
            self._water_follow_booking()
        return result

    def _check_water_written(self, vals):
        """Refuse values that would post, pay, cancel or free an entry past what is asked for."""
        named = WORKED_OUT & vals.keys()
        if vals.get("payment_state") in WAITS:
            named -= {"payment_state"}
        if named:
            raise AccessError(self.env._("This is kept by the system."))
        if vals.get("auto_post", "no") != "no":  # the system posts it then, for whoever has said so
            self._check_water_posted()
        if vals.get("state") == "posted":
            self.filtered(lambda move: move.state != "posted")._check_water_posted()
        elif vals.get("state") == "cancel":
            self._check_water_unsettled()
            self._check_water_draft()

    def _check_water_posted(self):
        """What was approved is posted, nothing else, by whoever may.

        :raises UserError: what differs, or why not
        """
        for move in self:
            row, faults = move.water_compensation_id, move._water_faults()
            row._check_pay()
            if faults:
                raise UserError(
                    self.env._(
                        "This is the entry of compensation %(number)s, and differs from it:"
                        " %(faults)s. Put it right, or have the compensation decided anew.",
                        number=row.name,
                        faults="; ".join(faults),
                    )
                )

    def _check_water_unsettled(self):
        """What is paid is not taken out of the books: its compensation would be owed once more.

        :raises UserError: for an entry that a payment settles
        """
        for move in self.sudo().filtered("water_compensation_id"):
            if move._water_counterparts():
                raise UserError(
                    self.env._(
                        "This is the entry of compensation %s, and settled: take back what settles"
                        " it first.",
                        move.water_compensation_id.name,
                    )
                )

    def _check_water_draft(self):
        """What is in the books goes back to draft first, where Odoo asks whether it may.

        :raises AccessError: for an entry that is posted
        """
        if any(move.state == "posted" for move in self):
            raise AccessError(self.env._("This is kept by the system."))

    def _check_water_settled_by(self, line):
        """Refuse a line that may not settle this entry; a reversal takes back and pays nobody.

        :param line: account.move.line of another entry
        """
        row, other = self.water_compensation_id, line.move_id
        known = self.reversal_move_ids._water_takes_back(self) | self.reversed_entry_id
        if row and self.state == "posted" and other not in known:
            row._check_pay()
            row._check_settled_by(line)

    def unlink(self):
        self._check_water_unsettled()
        return super().unlink()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def write(self, vals):
        # sudo: water.compensation - whoever books need not see compensations
        if WORKED_OUT & vals.keys() and self.sudo().move_id.water_compensation_id:
            raise AccessError(self.env._("This is kept by the system."))
        return super().write(vals)
