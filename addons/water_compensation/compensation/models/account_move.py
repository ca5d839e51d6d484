from hashlib import sha256

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from odoo.addons.water_service_desk.base import windows
from odoo.addons.water_service_desk.base.trust import trusted

MOVE_TYPES = {"customer": "out_refund", "other": "in_invoice"}
#: How finance has a payment wait, or go on, by Odoo's own button.
WAITS = ("blocked", "not_paid")

#: What Odoo works out, of an entry and its lines: how much is open, and for whom.
WORKED_OUT = frozenset(
    {
        *("payment_state", "status_in_payment", "amount_residual", "amount_residual_signed"),
        *("amount_residual_currency", "reconciled", "amount_total", "commercial_partner_id"),
    }
)


class AccountMove(models.Model):
    """The entry of a compensation: finance posts and pays it as any other, and changes nothing."""

    _inherit = "account.move"

    water_compensation_id = fields.Many2one(
        "water.compensation",
        string="Compensation",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=fields.NO_ACCESS,
    )
    water_compensation_number = fields.Char(
        string="Compensation Number", compute="_compute_water_compensation", compute_sudo=True
    )
    water_compensation_note = fields.Char(
        string="Differs from the Compensation",
        compute="_compute_water_compensation",
        compute_sudo=True,
    )

    _water_compensation_uniq = models.UniqueIndex(
        "(water_compensation_id) WHERE water_compensation_id IS NOT NULL AND state <> 'cancel'",
        "This compensation has its entry already.",
    )

    def _compute_water_compensation(self):
        for move in self:
            move.water_compensation_number = move.water_compensation_id.name
            faults = move._water_faults() if move.state == "draft" else []
            move.water_compensation_note = " · ".join(faults)

    # -- what the compensation reads --------------------------------------------------------

    def _water_payment(self):
        """Where the entry of a compensation stands.

        :return: ``(payment_state, paid_on)`` of ``water.compensation``
        """
        if not self or self.state == "cancel":
            return "none", False
        if self.state == "draft":
            return "draft", False
        # Odoo calls an invoice "reversed" when its reversal settles it, but no credit note
        if self._water_is_reversed():
            return "reversed", False
        if self.payment_state not in ("paid", "in_payment", "reversed"):
            return "posted", False
        others = self._water_counterparts()
        return "paid", max([self.date, *others.mapped("date")])

    def _water_is_reversed(self):
        """Whether posted reversals take back the whole of it, even what was paid already.

        Odoo calls a credit note "reversed" as well that an entry of finance's own has settled, out
        of the till, say: it is paid, and not owed once more.
        """
        others = self._water_counterparts().move_id
        if self.payment_state == "reversed" and others._water_takes_back(self) == others:
            return True
        back = self.reversal_move_ids.filtered(lambda move: move.state == "posted")
        back = back._water_takes_back(self)
        total = sum(back.mapped("amount_total"))
        return bool(back) and self.currency_id.compare_amounts(total, self.amount_total) >= 0

    def _water_takes_back(self, entry):
        """Those that book ``entry`` back: on its own accounts, and on none from which is paid."""
        books = entry.line_ids.account_id
        return self.filtered(
            lambda move: move.move_type != "entry" or move.line_ids.account_id <= books
        )

    def _water_counterparts(self):
        """The lines that settle this entry: of an invoice, a payment, or its reversal."""
        lines = self.line_ids.filtered(
            lambda line: line.account_id.account_type in ("asset_receivable", "liability_payable")
        )
        return lines.matched_debit_ids.debit_move_id | lines.matched_credit_ids.credit_move_id

    def _water_faults(self):
        """In what a draft differs from what was approved, in words."""
        row = self.water_compensation_id
        if not row:
            return []
        faults = []
        if self.move_type != MOVE_TYPES[row.payee_kind]:
            faults.append(self.env._("it is another kind of entry"))
        if self.currency_id.compare_amounts(self.amount_total, row.amount):
            money = formatLang(self.env, row.amount, currency_obj=row.currency_id)
            faults.append(self.env._("approved were %s", money))
        if self.currency_id != row.currency_id:
            faults.append(self.env._("it is in another currency"))
        if not self.partner_id._water_is_same_payee(row.partner_id):
            faults.append(self.env._("somebody else was approved as payee"))
        faults += self._water_altered(row.entry_facts or {})
        if row.state != "approved":
            faults.append(self.env._("the compensation is not approved any more"))
        return faults

    def _water_facts(self):
        """Payee, books and bank, to be compared when the entry is posted; no number of a bank."""
        number = self.partner_bank_id.sanitized_acc_number
        return {
            "partner": self.partner_id.id,
            "accounts": sorted(self.line_ids.account_id.ids),
            "bank": sha256(number.encode()).hexdigest() if number else "",
        }

    def _water_altered(self, facts):
        """What is not as it was when the entry was made, in words.

        :param facts: what :meth:`_water_facts` said then; nothing for entries of older releases
        """
        words = {
            "partner": self.env._("it is for another contact of the payee"),
            "accounts": self.env._("it is booked on other accounts"),
            "bank": self.env._("it is paid to another bank account"),
        }
        now = self._water_facts()
        return [words[name] for name in words if name in facts and facts[name] != now[name]]

    # -- what finance does ------------------------------------------------------------------

    def _post(self, soft=True):
        """Post the entries and notify the customers of compensations."""
        posted = super()._post(soft)
        posted.sudo().water_compensation_id._after_posted()
        return posted

    def _water_follow_booking(self):
        # sudo: water.compensation - accountants may post without access to compensations
        self.sudo().reversed_entry_id.water_compensation_id._follow_booking()

    def _invoice_paid_hook(self):
        super()._invoice_paid_hook()
        self.sudo().water_compensation_id._after_paid()

    def unlink(self):
        """A deleted draft leaves its compensation without an entry; it can be made anew."""
        if not self:  # Odoo deletes empty sets of entries, too
            return super().unlink()
        self._check_water_unsettled()
        # sudo: water.compensation - nothing is changed when the entry may not be deleted
        rows = self.sudo().water_compensation_id.filtered(lambda row: row.move_id in self)
        if rows:
            trusted(rows).write({"move_id": False})
        return super().unlink()

    def action_open_water_compensation(self):
        """Open the compensation that this is the entry of; its own rules apply there."""
        self.ensure_one()
        self.check_access("read")
        return windows.form(self.sudo().water_compensation_id)

    # -- the way of an entry -------------------------------------------------------------------
    # Entries of compensations change state through Odoo's buttons, never by written values, so
    # that each posting is checked and payments come from matching alone.

    def write(self, vals):
        # sudo: water.compensation - accountants may post without access to compensations
        entries = self.sudo().filtered("water_compensation_id")
        if entries:
            entries._check_water_written(vals)
        linked = "matched_payment_ids" in vals and entries
        before = linked and linked.matched_payment_ids._water_pays()
        result = super().write(vals)
        if linked:
            self.sudo().matched_payment_ids._check_water_paid(before)
        if "state" in vals:  # a reversal starts or stops counting with its state
            self._water_follow_booking()
        return result

    def _check_water_written(self, vals):
        """Refuse values that would post, pay, cancel or free an entry past what is asked for."""
        named = WORKED_OUT & vals.keys()
        if vals.get("payment_state") in WAITS:
            named -= {"payment_state"}
        if named:
            raise AccessError(self.env._("This is kept by the system."))
        if vals.get("auto_post", "no") != "no":  # the system would post it later for the same user
            self._check_water_posted()
        if vals.get("state") == "posted":
            self.filtered(lambda move: move.state != "posted")._check_water_posted()
        elif vals.get("state") == "cancel":
            self._check_water_unsettled()
            self._check_water_draft()

    def _check_water_posted(self):
        """Refuse to post an entry that differs from its approved compensation.

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
        """Refuse to reset settled entries: their compensation would be owed once more.

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
        """Refuse to cancel posted entries: resetting them to draft checks the rights first.

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
