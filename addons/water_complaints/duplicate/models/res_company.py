from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    water_incident_cases = fields.Integer(
        string="Cases that Make an Incident",
        default=3,
        help="So many cases of one kind in one supply zone propose an incident.",
    )
    water_incident_minutes = fields.Integer(string="Within Minutes", default=60)
    water_repair_hours = fields.Integer(
        string="Repair a Pipe within Hours",
        default=24,
        help="From the moment it is known; holidays do not extend it.",
    )
    water_repair_hours_large = fields.Integer(
        string="Repair a Large Main within Hours",
        default=48,
        help="For pipes above the diameter chosen here.",
    )
    water_repair_large_above = fields.Integer(string="Large above Diameter (mm)", default=500)
    water_repeat_days = fields.Integer(
        string="Look Back for Repeats",
        default=30,
        help="Days within which complaints of the same telephone, account or address are shown.",
    )
    water_repeat_contacts = fields.Integer(
        string="Contacts that Alert",
        default=2,
        help="So many contacts on one matter, and the supervisors are told (E5).",
    )

    _water_repeats_sane = models.Constraint(
        "CHECK (water_repeat_days > 0 AND water_repeat_contacts >= 2)",
        "Look back one day at least, and alert at two contacts at the earliest.",
    )

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
    water_compensation_profile_id = fields.Many2one(
        "water.compensation.profile",
        string="Scheme of Compensation",
        help="By its rules customers are compensated. Empty: by nobody's application but their"
        " own, and by decision.",
    )
    water_compensation_rate = fields.Float(
        string="Rate of the Scheme",
        digits=(12, 6),
        help="What one unit of the scheme's currency is in the company's.",
    )

    water_appeal_days = fields.Integer(
        string="Days to Appeal", default=15, help="Calendar days from the notice (S3.2.5)."
    )
    water_receipt_days = fields.Integer(
        string="Receipt of Appeals", default=1, help="Working days until an appeal is acknowledged."
    )
    water_review_days = fields.Integer(
        string="Review of Appeals", default=5, help="Working days until the first level decides."
    )
    water_panel_days = fields.Integer(
        string="Decision of the Panel", default=10, help="Working days until the company decides."
    )
    water_confirm_days = fields.Integer(
        string="Confirmation of Results",
        default=5,
        help="Calendar days after which a customer who does not say whether he is content is"
        " asked once more, and after which again the complaint is closed as unanswered. 0: never.",
    )
    water_authority = fields.Char(
        help="The authority in charge of water supply, named in letters: name and telephone.",
    )

    _water_appeals_sane = models.Constraint(
        "CHECK (water_appeal_days > 0 AND water_receipt_days > 0 AND water_review_days > 0"
        " AND water_panel_days > 0 AND water_confirm_days >= 0)",
        "Give the time limits of appeals in whole days, one at least.",
    )
    water_retention_years = fields.Integer(
        string="Keep Complaints (Years)",
        default=5,
        help="Years from the archiving on; a category may say otherwise. Then the case is proposed"
        " for destruction.",
    )

    _water_retention_sane = models.Constraint(
        "CHECK (water_retention_years BETWEEN 1 AND 100)", "Choose 1 to 100 years."
    )
    _water_incident_sane = models.Constraint(
        "CHECK (water_incident_cases >= 2 AND water_incident_minutes > 0)",
        "An incident is proposed by two cases at least, within some minutes.",
    )

    _water_repair_sane = models.Constraint(
        "CHECK (water_repair_hours > 0 AND water_repair_hours_large >= water_repair_hours"
        " AND water_repair_large_above > 0)",
        "A repair takes an hour at least, and that of a large main no less than that of others.",
    )

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

    @api.model_create_multi
    def create(self, vals_list):
        """Each company has archive numbers of its own."""
        companies = super().create(vals_list)
        self.env["ir.sequence"].sudo()._water_add_archive(companies)
        return companies

    @api.model
    def _water_install_archives(self):
        """Archive numbers for the companies that are there already."""
        sequences = self.env["ir.sequence"].sudo()
        known = sequences.search([("code", "=", "water.archive")]).company_id
        sequences._water_add_archive(self.search([("id", "not in", known.ids)]))

    def _water_incident_span(self):
        """Cases so far apart belong together."""
        self.ensure_one()
        return timedelta(minutes=self.water_incident_minutes)

    @api.constrains("water_compensation_profile_id", "water_compensation_rate", "currency_id")
    def _check_compensation_rate(self):
        """A scheme in another currency needs a rate."""
        for company in self:
            profile = company.water_compensation_profile_id
            foreign = profile.currency_id != company.currency_id and profile._has_sums()
            if foreign and company.water_compensation_rate <= 0:
                raise ValidationError(
                    self.env._(
                        "The amounts of “%(scheme)s” are in %(foreign)s, the books of %(company)s"
                        " in %(own)s: enter the rate at which they are counted, or choose a"
                        " scheme in %(own)s.",
                        scheme=profile.display_name,
                        foreign=profile.currency_id.name,
                        company=company.name,
                        own=company.currency_id.name,
                    )
                )

    def _water_end_of_day(self, day):
        """The last second of ``day`` where the company is, as naive UTC."""
        zone = pytz.timezone(self.sudo()._water_calendar().tz or "Asia/Shanghai")
        last = zone.localize(datetime.combine(day, time(23, 59, 59)))
        return last.astimezone(pytz.utc).replace(tzinfo=None)

    # -- the books of compensations ---------------------------------------------------------

    def _water_compensation_books(self, row):
        """Where compensations are booked: product, account, journals, taxes.

        :param row: the first compensation that is booked, named in the message
        :raises UserError: what is not set up, and whom to turn to
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
        """What has to be set up, and by whom, in words."""
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
        """Heads of finance of the company, else everybody in invoicing."""
        self.ensure_one()
        for name in ("account.group_account_manager", "account.group_account_invoice"):
            users = self.env.ref(name).sudo().all_user_ids
            mine = users.filtered(lambda user: user.active and self in user.company_ids)
            mine -= self.env.ref("base.user_root")
            if mine:
                return mine
        return self.env["res.users"]
