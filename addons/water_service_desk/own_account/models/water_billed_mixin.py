from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ...base.trust import trusted

#: A household can look back so far; the billing system has older rows.
KEPT = timedelta(days=3 * 365)


class WaterBilledMixin(models.AbstractModel):
    """Data of an account from the billing system, read-only and not calculated with.

    The billing system sends rows by the interface and corrects them by their numbers; debts,
    payments and bookings stay its own. Heirs name the day of a row in ``_day``.
    """

    _name = "water.billed.mixin"
    _inherit = ["water.readonly.mixin"]
    _description = "Told by the Billing System"
    _allow_sudo_commands = False
    _day = "issued_on"

    account_id = fields.Many2one(
        "water.account", required=True, readonly=True, index=True, ondelete="cascade"
    )
    number = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", related="account_id.company_id", store=True, index=True
    )

    _number_uniq = models.UniqueIndex("(company_id, number)", "This number is there already.")

    @api.model
    def _readonly_message(self):
        return self.env._("This comes from the billing system: correct it there.")

    @api.model
    def _receive(self, account, number, values):
        """Keep a row, or correct the one that has this number.

        :param account: water.account that it is about
        :param values: of the heir's fields, checked
        :return: ``created`` or ``updated``
        """
        # sudo: bills, readings - written by this service alone
        rows = trusted(self.sudo())
        company = account.company_id
        known = rows.search([("number", "=", number), ("company_id", "=", company.id)], limit=1)
        values = {**values, "account_id": account.id}
        if known:
            known.write(values)
            return "updated"
        rows.create({**values, "number": number})
        return "created"

    @api.model
    def _present_domain(self, accounts):
        return Domain.OR(
            Domain("account_id", "=", account.id) & self._since_moved(account)
            for account in accounts
        )

    @api.model
    def _since_moved(self, account):
        """Return the domain of rows since the account changed hands, in the company's time zone."""
        since = account.holder_since
        if not since:
            return Domain.TRUE
        return self._since_day(account.company_id.sudo()._water_today(since))

    @api.model
    def _since_day(self, moved):
        return Domain(self._day, ">=", moved)

    @api.autovacuum
    def _gc_old(self):
        if self._abstract:  # Odoo calls it of every model that has it, this one as well
            return
        # sudo: bills, readings - removed by age alone
        before = self.env.company._water_today() - KEPT
        trusted(self.sudo()).search([(self._day, "<", before)], limit=100000).unlink()
