from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import formatLang

from odoo.addons.water_service_desk.base.roles import CASE_GROUPS, CONTACT_GROUPS
from odoo.addons.water_service_desk.base.trust import is_trusted, trusted, untrusted
from odoo.addons.water_service_desk.base.words import strip_invisible

FINANCE = "account.group_account_invoice"
PRIVACY = "water_service_desk.group_privacy"
#: groups that see the case; finance sees its number and category instead
PAYEE_GROUPS = f"{CONTACT_GROUPS},account.group_account_invoice"
#: fields of the booking that finance decides on
FINANCE_FIELDS = frozenset({"invoice_id", "payee_kind"})
#: kinds that people propose; the others arise from rules and time
BY_HAND = ("claim", "goodwill", "allowance")
LIVE = ("draft", "proposed", "approved")
KINDS = [
    ("entitlement", "Entitlement by rule"),
    ("claim", "Claim for loss"),
    ("goodwill", "Goodwill"),
    ("allowance", "Leak allowance"),
    ("refund", "Refund of metered water"),
    ("penalty", "Penalty for late payment"),
]


class WaterCompensation(models.Model):
    """Money that the company owes or gives a customer for a failure (S3.2.3a 赔偿或补偿).

    Agents see and propose compensations of the cases they see; supervisors and quality see all;
    finance sees all without the text of the case; departments see none. A person complained of does
    not see those of that complaint. Customers see their own on their page.
    """

    _name = "water.compensation"
    _inherit = [
        "water.never.deleted.mixin",
        "water.addressee.mixin",
        "water.portal.list.mixin",
        "water.compensation.words.mixin",
        "water.loose.file.mixin",
        "water.steps.mixin",
        "water.case.link.mixin",
        "water.mixin",
    ]
    _description = "Compensation"
    _package = (
        *("name", "kind", "state", "amount", "currency_id", "reason", "failed_at", "due_on"),
        *("payment_state", "paid_on", "trace"),
    )
    _package_whose = "partner_id"
    _dossier_order = 60
    _dossier = True
    _order = "id desc"
    _check_company_auto = True
    _case_required = False

    name = fields.Char(string="Number", readonly=True, copy=False, default="/", index=True)
    kind = fields.Selection(
        KINDS,
        required=True,
        default="goodwill",
        index=True,
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("proposed", "Waiting for Approval"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        group_expand=True,
    )
    payment_state = fields.Selection(
        [
            ("none", "No entry"),
            ("draft", "Draft entry"),
            ("posted", "Posted"),
            ("paid", "Paid"),
            ("reversed", "Reversed"),
        ],
        compute="_compute_payment",
        store=True,
        index=True,
        copy=False,
    )
    paid_on = fields.Date(compute="_compute_payment", store=True, copy=False)
    move_id = fields.Many2one(
        "account.move",
        string="Entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=FINANCE,
    )
    amount = fields.Monetary(required=True, default=0)
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency", store=True, precompute=True, copy=False
    )
    reason = fields.Text(help="Why, in words that the customer may read.", water_mask="all")
    complaint_id = fields.Many2one(groups=CASE_GROUPS, check_company=True)
    request_id = fields.Many2one(groups=CASE_GROUPS, check_company=True)
    inquiry_id = fields.Many2one(groups=CASE_GROUPS, check_company=True)
    case_subject = fields.Char(groups=CASE_GROUPS)
    case_category = fields.Char(
        string="Category", compute="_compute_case_category", compute_sudo=True
    )
    incident_id = fields.Many2one(
        "water.incident", index="btree_not_null", ondelete="restrict", check_company=True
    )
    deadline_id = fields.Many2one(
        "water.deadline",
        string="Missed Time Limit",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    visit_id = fields.Many2one(
        "water.visit", index="btree_not_null", ondelete="restrict", readonly=True
    )
    account_id = fields.Many2one(
        "water.account",
        string="Customer Account",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Payee",
        index="btree_not_null",
        ondelete="restrict",
        groups=PAYEE_GROUPS,
    )
    zone_id = fields.Many2one("water.zone", string="Supply Zone", index="btree_not_null")
    department_id = fields.Many2one("water.department", index="btree_not_null")
    cause_id = fields.Many2one("water.cause", index="btree_not_null")
    customer_class = fields.Selection([("household", "Household"), ("business", "Business")])
    appeal_id = fields.Many2one(
        "water.appeal",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=CASE_GROUPS,
        help="Granted, or corrected, by the decision on this appeal.",
    )
    failed_at = fields.Datetime(
        string="Arose at", readonly=True, copy=False, help="When the entitlement arose."
    )
    billed_from = fields.Date(
        readonly=True, copy=False, help="First day of the bill whose water is given back."
    )
    billed_to = fields.Date(readonly=True, copy=False, help="Day on which that meter was read.")
    due_on = fields.Date(string="Payable by", copy=False, index="btree_not_null")
    penalty_of_id = fields.Many2one(
        "water.compensation",
        string="Penalty of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    penalty_ids = fields.One2many(
        "water.compensation", "penalty_of_id", string="Late Penalties", readonly=True
    )
    late_penalty = fields.Monetary(compute="_compute_late_penalty", store=True, copy=False)
    trace = fields.Text(
        string="Calculation",
        readonly=True,
        copy=False,
        help="How the amount was found.",
        water_mask="all",
    )
    origin_key = fields.Char(
        readonly=True,
        copy=False,
        help="One per rule, failure and beneficiary, even if the calculation runs twice.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    _origin_uniq = models.Constraint(
        "UNIQUE (company_id, origin_key)", "This has been compensated already."
    )
    _given_back_once = models.Constraint(
        "EXCLUDE USING gist (int4range(account_id, account_id, '[]') WITH =,"
        " daterange(billed_from, billed_to) WITH &&)"
        " WHERE (billed_from IS NOT NULL AND state NOT IN ('refused', 'withdrawn'))",
        "Water of these days has been given back already.",
    )
    _amount_sane = models.Constraint(
        "CHECK (amount >= 0)", "Choose an amount that is not negative."
    )

    payment_shown = fields.Selection(
        [
            ("none", "To be paid"),
            ("draft", "Being paid"),
            ("posted", "Credited"),
            ("paid", "Paid"),
            ("reversed", "Taken back"),
            ("not_paid", "Not paid"),
        ],
        string="Payment for the Customer",
        compute="_compute_payment_shown",
        store=True,
        copy=False,
    )

    _portal_url = "/my/compensations"
    _portal_search_fields = ("name", "reason", "account_id.code", "account_id.address")

    repeat_count = fields.Integer(
        string="In 12 Months",
        compute="_compute_repeat",
        compute_sudo=True,
        help="Other compensations of the same account, or person, in the 12 months before.",
    )
    repeat_amount = fields.Monetary(
        string="Amount in 12 Months", compute="_compute_repeat", compute_sudo=True
    )
    budget_note = fields.Text(string="Budget", compute="_compute_budget_note", compute_sudo=True)
    told_at = fields.Datetime(string="Customer Told at", readonly=True, copy=False)
    trace_line = fields.Char(string="Calculation in One Line", compute="_compute_trace_line")

    # -- computes ---------------------------------------------------------------------------

    @api.model
    def _exports_plain(self):
        """Finance users have none of our roles, but may not export names either."""
        return self.env.su or self.env.user.has_group(PRIVACY)

    @api.depends("company_id")
    def _compute_currency(self):
        for row in self:
            row.currency_id = row.currency_id or row.company_id.currency_id

    @api.depends("move_id.state", "move_id.payment_state", "move_id.reversal_move_ids.state")
    def _compute_payment(self):
        for row in self:
            row.payment_state, row.paid_on = row.move_id._water_payment()

    @api.depends("penalty_ids.amount", "penalty_ids.state")
    def _compute_late_penalty(self):
        for row in self:
            live = row.penalty_ids.filtered(lambda penalty: penalty.state in LIVE)
            row.late_penalty = sum(live.mapped("amount"))

    @api.depends(lambda self: tuple(self._case_models()))
    def _compute_case_category(self):
        for row in self:
            case = row._case_or_none()
            row.case_category = case.category_id.name if case is not None else False

    # -- create and write -------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._fill_facts(vals_list)
        owners = [vals.get("company_id") for vals in vals_list]
        numbers = self.env["ir.sequence"]._water_numbers(self._name, owners)
        if is_trusted(self.env):
            for vals, number in zip(vals_list, numbers, strict=True):
                vals["name"] = number
            return super().create(vals_list)
        rows = super().create(vals_list)
        rows._check_kind()
        for row, number in zip(rows, numbers, strict=True):
            trusted(row).name = number
        return rows

    def write(self, vals):
        result = super().write(vals)
        if "kind" in vals and not is_trusted(self.env):
            self._check_kind()
        if "invoice_id" in vals:
            self._link_invoices()
        return result

    @api.constrains("partner_id")
    def _check_payee_is_known(self):
        self.partner_id._check_known()

    def _check_kind(self):
        if any(row.kind not in BY_HAND for row in self):
            raise UserError(
                self.env._("Entitlements come from rules and penalties from late payment alone.")
            )

    def _check_by_hand(self, names):
        """The desk writes drafts; finance says how it is booked, until it is posted."""
        if names and not (names - FINANCE_FIELDS) and self.env.user.has_group(FINANCE):
            if any(row.payment_state not in ("none", "draft", False) for row in self):
                raise UserError(self._settled_message())
            if "payee_kind" in names and any(row.payment_state == "draft" for row in self):
                raise UserError(self.env._("Delete the draft entry first; then choose again."))
            return
        super()._check_by_hand(names)
        if names and not self._is_proposer():
            raise AccessError(self.env._("The service desk writes compensations."))

    @api.model
    def _settled_message(self):
        return self.env._("What has been proposed is not changed any more; withdraw it instead.")

    def _link_invoices(self):
        for row in self.sudo().filtered(lambda row: row.move_id.move_type == "out_refund"):
            if row.payment_state == "draft":
                untrusted(row.move_id).reversed_entry_id = row.invoice_id

    @api.constrains("invoice_id", "partner_id")
    def _check_invoice(self):
        for row in self.filtered("invoice_id"):
            invoice = row.invoice_id
            is_same = invoice.commercial_partner_id._water_is_same_payee(row.partner_id)
            if not is_same or invoice.move_type != "out_invoice":
                raise ValidationError(self.env._("Choose an invoice of the payee."))
            if invoice.state != "posted" or invoice.company_id != row.company_id:
                raise ValidationError(self.env._("Choose a posted invoice of this company."))

    @api.depends("name", "case_name")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.name if row.name != "/" else self.env._("New")

    @api.model
    def _fill_facts(self, vals_list):
        """Fill in customer and place from the case and the account, unless they are given."""
        for link, model in self._case_models().items():
            mine = [vals for vals in vals_list if vals.get(link)]
            # sudo: case - the copied values are open to users who may create its compensations
            cases = self.env[model].sudo().browse({vals[link] for vals in mine})
            by_id = {case.id: case for case in cases}
            for vals in mine:
                self._fill(vals, by_id[vals[link]])
        accounts = self.env["water.account"].sudo()
        by_id = {
            account.id: account
            for account in accounts.browse({v.get("account_id") for v in vals_list} - {None, False})
        }
        for vals in vals_list:
            if vals.get("account_id"):
                self._fill(vals, by_id[vals["account_id"]])

    @api.model
    def _fill(self, vals, source):
        names = ("account_id", "partner_id", "zone_id", "department_id", "cause_id", "incident_id")
        for name in names:
            if name in source._fields and not vals.get(name):
                vals[name] = source[name].id
        if "customer_class" in source._fields and not vals.get("customer_class"):
            vals["customer_class"] = source.customer_class

    @api.model
    def _never_deleted_message(self):
        return self.env._("A compensation is never deleted; withdraw it instead.")

    # -- what rules do ------------------------------------------------------------------------

    @api.model
    def _propose(self, vals_list):
        """Propose compensations that do not exist yet, even if requested repeatedly or
        concurrently.

        :param vals_list: values, each with an ``origin_key`` and optionally a ``company_id``
        :return: the compensations of all keys, old and new, in the order of ``vals_list``
        """
        # sudo: water.compensation - the system proposes, regardless of the user
        rows = trusted(self.sudo())
        company, now = self.env.company.id, fields.Datetime.now()
        pairs = [(vals.get("company_id") or company, vals["origin_key"]) for vals in vals_list]
        present = rows._by_origin(pairs)
        fresh = {
            pair: {"state": "proposed", "proposed_at": now, **vals, "company_id": pair[0]}
            for pair, vals in zip(pairs, vals_list, strict=True)
            if pair not in present
        }
        present |= dict(zip(fresh, rows._create_once(list(fresh.values())), strict=True))
        return self.browse([present[pair].id for pair in pairs])

    def _by_origin(self, pairs):
        keys = list({key for _company, key in pairs})
        companies = list({company for company, _key in pairs})
        found = self.search(
            Domain("origin_key", "in", keys) & Domain("company_id", "in", companies)
        )
        return {(row.company_id.id, row.origin_key): row for row in found}

    def _create_once(self, vals_list):
        if not vals_list:
            return self.browse()
        rows = self.create(vals_list)
        rows._after_proposed()
        return rows

    @api.model
    def _batches(self, domain, size):
        """Yield what ``domain`` finds in batches, each committed when the next one is asked for."""
        remaining, last = self.search_count(domain), 0
        while remaining:
            batch = self.search(domain & Domain("id", ">", last), order="id", limit=size)
            if not batch:
                break
            last = batch[-1].id
            yield batch
            remaining = max(remaining - len(batch), 0)
            if not self.env["ir.cron"]._commit_progress(len(batch), remaining=remaining):
                break
            self.env.invalidate_all()

    def _after_proposed(self):
        """Hook: they wait for a decision from now on."""

    def _payment_due_on(self):
        self.ensure_one()
        row = self.sudo()
        if row.rule_id.pay_days and row.paid_from:
            day, provisional = row._pay_again()
            trusted(row).due_provisional = provisional
            return day
        return self.due_on

    @api.depends("payment_state", "taken_back_at")
    def _compute_payment_shown(self):
        """A compensation taken back is not shown as credited, even if its entry still waits."""
        for row in self:
            row.payment_shown = "not_paid" if row.taken_back_at else row.payment_state or "none"

    # -- whose ------------------------------------------------------------------------------

    @api.model
    def _portal_domain(self, partner):
        if not partner:
            return Domain.FALSE
        own = Domain("partner_id", "=", partner.id)
        return self._shown_domain() & (own | self._delegated_domain(partner))

    @api.model
    def _delegated_domain(self, partner):
        """Those of accounts whose holder lets ``partner`` see them; none of delicate cases."""
        delegations = self.env["water.account.delegate"]._in_force(partner)
        parts = [
            Domain("account_id", "=", row.account_id.id)
            & Domain("partner_id", "=", row.holder_id.id)
            for row in delegations.filtered("sees_money")
        ]
        if not parts:
            return Domain.FALSE
        plain = Domain.TRUE
        for link, model in self._case_models().items():
            # sudo: case - asked by the domain alone
            delicate = ~self.env[model].sudo()._not_delicate()
            plain &= Domain(link, "=", False) | Domain(link, "not any", delicate)
        return Domain.OR(parts) & plain

    @api.model
    def _portal_of_invoice(self, move):
        """Return the customer's compensations that belong to ``move``.

        :param move: account.move that the customer may see, as superuser
        """
        entry = Domain("move_id", "=", move.id) | Domain("invoice_id", "=", move.id)
        return self._portal_search(entry, order="id")

    # -- offers -----------------------------------------------------------------------------

    @api.model
    def _portal_words(self):
        return {
            "kind": "compensation",
            "many": self.env._("My compensations"),
            "none": self.env._("There is no compensation for you."),
        }

    @api.model
    def _portal_sortings(self):
        amount = (self.env._("Amount"), "amount desc, id desc")
        return super()._portal_sortings() | {"amount": amount}

    @api.model
    def _portal_filters(self):
        credited = Domain("payment_state", "in", ("posted", "paid"))
        back = Domain("payment_state", "=", "reversed")
        over = Domain("taken_back_at", "!=", False)
        return super()._portal_filters() | {
            "open": (self.env._("Not paid yet"), ~(credited | back | over)),
            "paid": (self.env._("Credited or paid"), credited & ~over),
            "back": (self.env._("Withdrawn or not paid"), back | over),
        }

    @api.model
    def _portal_groupings(self):
        return super()._portal_groupings() | {
            "kind": (self.env._("Kind"), "kind", "kind"),
            "payment": (self.env._("Payment"), "payment_shown", "payment_shown"),
            "account": (self.env._("Account"), "account_id", "account_id"),
        }

    def _portal_group_title(self, groupby):
        if groupby == "kind":
            return self._kind_label()
        if groupby == "payment":
            titles = self._fields["payment_shown"]._description_selection(self.env)
            return dict(titles)[self.payment_shown]
        if groupby == "account":
            account = self.sudo().account_id
            words = " · ".join(filter(None, (account.code, account.address)))
            return words or self.env._("Without an account")
        return super()._portal_group_title(groupby)

    # -- shown to the customer --------------------------------------------------------------

    def _kind_label(self):
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _portal_rows(self):
        return [row._portal_card() for row in self]

    def _portal_card(self):
        """Return the plain values shown on the customer's page."""
        case = self.sudo()._own_case()
        return {
            "number": self.name,
            "kind": self._kind_label(),
            "reason": self._reason_shown(),
            "amount": self._money(),
            "payment": self._payment_words(),
            "is_paid": self.payment_state in ("posted", "paid") and not self.taken_back_at,
            "case": self.case_name or "",
            "url": "" if case is None else f"{case._portal_url}/{case.id}",
        }

    # -- what a decider has to know -------------------------------------------------------------

    @api.depends("account_id", "partner_id", "proposed_at")
    def _compute_repeat(self):
        by_account = self._repeats("account_id", self.account_id.ids)
        alone = self.filtered(lambda row: not row.account_id)
        payees = alone.partner_id._water_same_payee()
        by_contact = self._repeats("partner_id", payees.ids)
        by_payee = {
            payee: [entry for contact in same for entry in by_contact.get(contact.id, ())]
            for payee, same in payees.grouped("commercial_partner_id").items()
        }
        for row in self:
            payee = row.partner_id.commercial_partner_id
            found = by_account.get(row.account_id.id) or by_payee.get(payee) or ()
            others = [entry for entry in found if row._repeats_of(entry)]
            row.repeat_count = len(others)
            row.repeat_amount = sum(entry["amount"] for entry in others)

    @api.model
    def _repeats(self, name, ids):
        """Return {id of the beneficiary: compensations}, by one query."""
        domain = Domain(name, "in", ids) & Domain("state", "in", ("proposed", "approved"))
        fields_ = [name, "amount", "proposed_at", "company_id"]
        found = {}
        for entry in self.search_read(domain & Domain("payment_state", "!=", "reversed"), fields_):
            found.setdefault(entry[name][0], []).append(entry)
        return found

    def _repeats_of(self, entry):
        moment = self.proposed_at or fields.Datetime.now()
        since = moment - relativedelta(months=12)
        return (
            entry["id"] != self._origin.id
            and entry["company_id"][0] == self.company_id.id
            and since <= (entry["proposed_at"] or moment) <= moment
        )

    @api.depends("amount", "kind", "department_id", "state", "company_id")
    def _compute_budget_note(self):
        known = {
            company: self.env["water.compensation.budget"]._of(company, company._water_today())
            for company in self.company_id
        }
        for row in self:
            more = row.amount if row.state in ("draft", "proposed") else 0
            budgets = known.get(row.company_id, ())
            notes = [budget._note(more) for budget in budgets if budget._covers(row)]
            row.budget_note = "\n".join(notes)

    @api.depends("trace", "reason")
    def _compute_trace_line(self):
        for row in self:
            lines = (row.trace or row.reason or "").split("\n")
            row.trace_line = " · ".join(line.rstrip("。.") for line in lines if line)[:200]

    # -- contact with the customer ----------------------------------------------------------

    def _message_case(self):
        return self

    def _message_link(self):
        case = self._case_or_none()
        return {} if case is None else {self._case_field(case._name): case.id}

    def _own_case(self):
        case = self._case_or_none()
        return None if case is None or case.partner_id != self.partner_id else case

    def _message_route(self, gateways, has_text, medium=None, must=False):
        case = self._own_case()
        if case is not None:
            return case._message_route(gateways, has_text, medium, must)
        return super()._message_route(gateways, has_text, medium, must)

    def _message_address(self, medium):
        partner = self.partner_id
        return {
            "mail": partner.email,
            "wechat": partner.water_wechat_openid,
            "sms": partner.phone_sanitized,
        }[medium]

    def _mail_address(self):
        case = self._own_case()
        return self.partner_id.email if case is None else case.email_from

    def _customer_name(self):
        case = self._own_case()
        return (self.partner_id.name or "") if case is None else case._customer_name()

    def _customer_link(self):
        case = self._own_case()
        return f"{self.get_base_url()}/my/compensations" if case is None else case._customer_link()

    def _customer_due(self):
        return False

    def _in_payee_lang(self):
        return self.with_context(lang=self._customer_lang())

    def _tell_customers(self):
        """Tell the payees that it is booked, once."""
        template = self.env.ref("water_compensation.mail_template_compensation")
        fresh = self.sudo().filtered(lambda row: row.partner_id and not row.told_at)
        trusted(fresh).write({"told_at": fields.Datetime.now()})
        self.env["water.message"]._queue(template, fresh)

    # -- words ------------------------------------------------------------------------------

    def _public_domain(self):
        rights = Domain("state", "=", "proposed") & Domain("kind", "in", ("entitlement", "penalty"))
        return Domain("state", "=", "approved") | rights

    def _public_rows(self):
        return self.sudo().filtered_domain(self._public_domain()).sorted("id")

    def _money(self):
        return formatLang(self.env, self.amount, currency_obj=self.currency_id)

    def _reason_for_customer(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return strip_invisible(self.reason) or kinds[self.kind]

    def _payment_words(self):
        """Where the payment stands, as the customer reads it."""
        if self.taken_back_at:
            return self.env._("Not paid")
        day = fields.Date.to_string(self.paid_on or self.due_on) or ""
        if day and self.due_provisional and not self.paid_on:
            day = self._say_provisional(day)
        if self.payment_state == "paid":
            return self.env._("Paid on %s", day)
        if self.payment_state == "posted":
            return self.env._("Credited")
        if self.payment_state == "reversed":
            return self.env._("Taken back")
        if self.state == "proposed":
            return self.env._("Being examined")
        return self.env._("Payable by %s", day) if day else self.env._("Being paid")

    def _sentence(self):
        return self.env._(
            "%(reason)s: %(amount)s (%(payment)s).",
            reason=self._reason_for_customer().rstrip(".。"),
            amount=self._money(),
            payment=self._payment_words(),
        )
