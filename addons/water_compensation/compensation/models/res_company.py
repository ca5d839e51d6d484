from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...compensation_scheme.models.res_company import SCHEME


class ResCompany(models.Model):
    """Where compensations are booked."""

    _inherit = "res.company"

    water_compensation_product_id = fields.Many2one(
        "product.product",
        string="Product of Compensations",
        help="Stands on the credit note; may be left empty.",
    )
    water_compensation_account_id = fields.Many2one(
        "account.account",
        string="Account of Compensations",
        check_company=True,
        help="Where compensations are booked; empty: the account of the product or the journal.",
    )
    water_compensation_journal_id = fields.Many2one(
        "account.journal",
        string="Journal for Customers",
        domain="[('type', '=', 'sale')]",
        check_company=True,
        help="Of credit notes; empty: the first sales journal.",
    )
    water_compensation_bill_journal_id = fields.Many2one(
        "account.journal",
        string="Journal for Others",
        domain="[('type', '=', 'purchase')]",
        check_company=True,
        help="Of bills for people who are no customers; empty: the first purchase journal.",
    )
    water_compensation_tax_ids = fields.Many2many(
        "account.tax",
        "res_company_water_compensation_tax_rel",
        string="Taxes of Compensations",
        domain="[('price_include', '=', True)]",
        check_company=True,
        help="Included in the amount that is approved. Usually there are none.",
    )

    water_late_entry_minutes = fields.Integer(
        string="Facts Entered Later by (min)",
        default=240,
        help="Cases and incidents whose receipt or beginning lies so long before their entry are"
        " paid for when two have approved.",
    )

    water_joint_days = fields.Integer(
        string="Counted Together (days)",
        default=30,
        help="What people propose within so many days for one account or payee is approved like"
        " one of the sum. 0: only what is for the same case.",
    )

    _water_joint_sane = models.Constraint(
        "CHECK (water_joint_days >= 0)",
        "A span of time is not negative.",
    )
    _water_late_entry_sane = models.Constraint(
        "CHECK (water_late_entry_minutes >= 0)", "A span of time is not negative."
    )

    @api.model
    def _decides_on_money(self):
        mine = ("water_late_entry_minutes", "water_joint_days")
        return (*SCHEME, *mine, "water_freeze_days")

    @api.constrains("water_compensation_tax_ids")
    def _check_water_compensation_taxes(self):
        for company in self:
            if any(not tax.price_include for tax in company.water_compensation_tax_ids):
                raise ValidationError(
                    self.env._(
                        "Choose taxes that are included in the price: the customer gets the amount"
                        " that was approved, no more and no less."
                    )
                )

    def _water_end_of_day(self, day):
        zone = pytz.timezone(self._water_tz())
        last = zone.localize(datetime.combine(day, time(23, 59, 59)))
        return last.astimezone(pytz.utc).replace(tzinfo=None)

    def _water_compensation_books(self, row):
        """Return where compensations are booked: product, account, journals, taxes.

        :param row: the first compensation to book, named in the message
        :raises UserError: what is not set up, and whom to ask
        """
        self.ensure_one()
        sales = self.water_compensation_journal_id or self._water_journal("sale")
        bills = self.water_compensation_bill_journal_id or self._water_journal("purchase")
        product = self.water_compensation_product_id
        accounts = product and product.with_company(self).product_tmpl_id.get_product_accounts()
        account = self.water_compensation_account_id or (accounts and accounts["income"])
        journal = sales if row.payee_kind == "customer" else bills
        if not journal or not (account or journal.default_account_id):
            raise UserError(self._water_books_missing(journal))
        return {
            "journal": sales,
            "bill_journal": bills,
            "product": product,
            "account": account or self.env["account.account"],
            "taxes": self.water_compensation_tax_ids,
        }

    def _water_journal(self, kind):
        journals = self.env["account.journal"]
        return journals.search(
            [*journals._check_company_domain(self), ("type", "=", kind)], limit=1
        )

    def _water_books_missing(self, journal):
        """Return in words what has to be set up, and by whom."""
        people = ", ".join(self._water_finance_people().mapped("name")[:3])
        facts = {"company": self.name, "people": people or self.env._("an administrator")}
        if not journal:
            return self.env._(
                "No entry can be made: %(company)s has no journal for compensations. Ask"
                " %(people)s to set up the chart of accounts, or to choose a journal in the"
                " settings under Water Service, Compensations.",
                **facts,
            )
        return self.env._(
            "No entry can be made: %(company)s has no account for compensations. Ask %(people)s to"
            " choose one in the settings under Water Service, Compensations.",
            **facts,
        )

    def _water_finance_people(self):
        self.ensure_one()
        for name in ("account.group_account_manager", "account.group_account_invoice"):
            users = self.env.ref(name).sudo().all_user_ids
            mine = users.filtered(lambda user: user.active and self in user.company_ids)
            mine -= self.env.ref("base.user_root")
            if mine:
                return mine
        return self.env["res.users"]
