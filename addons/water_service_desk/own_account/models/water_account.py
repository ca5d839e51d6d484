import unicodedata

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import consteq, format_amount

from ...base.moments import day_text
from ...base.words import strip_invisible

#: Rows that a household reads at once: two years of monthly bills.
SHOWN = 24


def folded(text):
    """Return a name or number in a comparable form: without blanks, widths and case.

    :param text: as typed, or None
    """
    return "".join(unicodedata.normalize("NFKC", strip_invisible(text)).split()).casefold()


#: Roles that may read bills and readings; departments see the accounts of their work alone.
READERS = ",".join(f"water_service_desk.group_{role}" for role in ("agent", "quality", "manager"))


class WaterAccount(models.Model):
    """Billing data of an account, and who may read them in the portal."""

    _inherit = "water.account"
    _keeps_what_is_shown = True

    bill_ids = fields.One2many("water.account.bill", "account_id", string="Bills", groups=READERS)
    reading_ids = fields.One2many(
        "water.account.reading", "account_id", string="Readings", groups=READERS
    )
    billing_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the Balance"
    )
    balance = fields.Monetary(
        readonly=True,
        copy=False,
        currency_field="billing_currency_id",
        groups=READERS,
        help="To the customer's credit, as the billing system says; below zero is owed.",
    )
    balance_at = fields.Datetime(string="Balance as of", readonly=True, copy=False, groups=READERS)

    # -- proof ------------------------------------------------------------------------------

    @api.model
    def _find_proved(self, code, name, amount=None, meter=None):
        """Return the account that fits number, holder's name and one more fact, with sudo.

        :param code: account number as typed
        :param name: of the holder, as typed
        :param amount: of the last bill, a number; or None
        :param meter: number of the meter, as typed; or None
        :return: an empty recordset unless all of them fit
        """
        # sudo: water.account - compared with the input, not shown
        accounts = self.sudo()
        domain = Domain("code", "=", strip_invisible(code)) & Domain(
            "company_id", "=", self.env.company.id
        )
        account = accounts.search(domain, limit=1)
        fits = account._fits(account.partner_id.name, name)
        fits &= account._fits_fact(amount, meter)
        return account if fits else accounts.browse()

    @api.model
    def _fits(self, ours, typed):
        known, given = folded(ours), folded(typed)
        return bool(known) and consteq(known.encode(), given.encode())

    def _fits_fact(self, amount, meter):
        if meter is not None:
            return self._fits(self.meter_no, meter)
        bill = self._present(self.bill_ids).filtered(lambda row: row.state != "void")[:1]
        return (
            bool(bill)
            and amount is not None
            and not bill.currency_id.compare_amounts(bill.amount, amount)
        )

    # -- reading ----------------------------------------------------------------------------

    @api.model
    def _portal_held(self, partner):
        # sudo: water.account - the partner's own and proved ones
        own = self.sudo().search([("partner_id", "=", partner.id)]) if partner else self.sudo()
        delegations = self.env["water.account.delegate"]._in_force(partner)
        held = {account: delegations.browse() for account in own}
        for row in delegations.filtered(lambda row: row.proof != "invited"):
            held.setdefault(row.account_id, row)
        return held

    def _portal_account(self, delegation, whole=False):
        """Return the values of the household's page, in the reader's language.

        :param delegation: of the reader; empty for the holder
        :param whole: with all bills and readings
        """
        account, sees = self.sudo(), not delegation or delegation._sees_bills()
        most = SHOWN if whole else 1
        values = {
            "id": account.id,
            "code": account.code,
            "address": account.address,
            "meter": account.meter_no or "" if sees else "",
            "bound": bool(delegation),
            "sees_bills": sees,
            "may_see_more": bool(delegation) and delegation.proof != "code",
            "balance": "",
            "balance_at": "",
            "bills": [],
            "readings": [],
        }
        if sees:
            bills = account._present(account.bill_ids)[:most]
            readings = account._present(account.reading_ids)[:most]
            values["bills"] = [row._portal_row() for row in bills]
            values["readings"] = [row._portal_row() for row in readings]
            values |= account._portal_balance()
        return values

    def _present(self, rows):
        """Return bills or readings of the present holder's time."""
        return rows.filtered_domain(rows._present_domain(self))

    def _knows_balance(self):
        since = self.holder_since
        return bool(self.balance_at and (not since or self.balance_at >= since))

    def _portal_balance(self):
        if not self._knows_balance():
            return {}
        at = fields.Datetime.context_timestamp(
            self.with_context(tz=self.company_id._water_tz()), self.balance_at
        )
        return {
            "balance": format_amount(self.env, abs(self.balance), self.billing_currency_id),
            "balance_at": self.env._("As of %s", day_text(at.date())),
            "owes": self.balance < 0,
        }
