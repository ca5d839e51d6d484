from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.water_service_desk.base.roles import CASE_GROUPS, CONTACT_GROUPS
from odoo.addons.water_service_desk.base.trust import is_trusted, trusted, untrusted
from odoo.addons.water_service_desk.privacy.masking import mask_all

FINANCE = "account.group_account_invoice"


PRIVACY = "water_service_desk.group_privacy"
#: Who may see the case; finance reads its number and category instead.
PAYEE_GROUPS = f"{CONTACT_GROUPS},account.group_account_invoice"
#: What finance decides about the booking.
FINANCE_FIELDS = frozenset({"invoice_id", "payee_kind"})
#: What people propose; the rest comes from rules and from the passing of time.
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
    """What the company owes a customer, or gives him, for a failure (S3.2.3a 赔偿或补偿).

    Agents see those of the cases they see, and propose; supervisors and quality see all;
    finance sees all without the words of the case; departments see no money. Whoever is
    complained of does not see those of that complaint. The customer sees his own on his page.
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
        ondelete="restrict",
        groups="account.group_account_invoice",
    )
    amount = fields.Monetary(required=True, default=0)
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency", store=True, precompute=True, copy=False
    )
    reason = fields.Text(help="Why, in words that the customer may read.")
    complaint_id = fields.Many2one(groups=CASE_GROUPS, check_company=True)
    request_id = fields.Many2one(groups=CASE_GROUPS, check_company=True)
    inquiry_id = fields.Many2one(groups=CASE_GROUPS, check_company=True)
    case_subject = fields.Char(groups=CASE_GROUPS)
    case_category = fields.Char(string="Category", compute="_compute_case_category")
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
        string="Calculation", readonly=True, copy=False, help="How the amount was found."
    )
    origin_key = fields.Char(
        readonly=True,
        copy=False,
        help="One per rule, failure and beneficiary, whatever is run twice.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    _origin_uniq = models.Constraint(
        "UNIQUE (company_id, origin_key)", "This has been compensated already."
    )
    _amount_sane = models.Constraint(
        "CHECK (amount >= 0)", "Choose an amount that is not negative."
    )

    # -- computes ---------------------------------------------------------------------------

    @api.model
    def _export_masks(self):
        return super()._export_masks() | {"reason": mask_all, "trace": mask_all}

    @api.model
    def _exports_plain(self):
        """Finance belongs to no role of ours, and yet takes nobody's name out of the house."""
        return self.env.su or self.env.user.has_group(PRIVACY)

    @api.depends("company_id")
    def _compute_currency(self):
        for row in self:
            row.currency_id = row.currency_id or row.company_id.currency_id

    @api.depends("move_id.state", "move_id.payment_state", "move_id.reversal_move_ids.state")
    def _compute_payment(self):
        """Where the entry stands, as finance has booked it."""
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
            # sudo: case - number and category are all that finance sees of it
            case = row.sudo()._case_or_none()
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
        """Rules and the calendar decide on entitlements and penalties, people on the rest."""
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
        """A draft credit note follows the invoice that finance has chosen."""
        for row in self.sudo().filtered(lambda row: row.move_id.move_type == "out_refund"):
            if row.payment_state == "draft":
                untrusted(row.move_id).reversed_entry_id = row.invoice_id

    @api.constrains("invoice_id", "partner_id")
    def _check_invoice(self):
        for row in self.sudo().filtered("invoice_id"):
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
        """Who and where, as the case and the account say it, unless it is given."""
        for link, model in self._case_models().items():
            mine = [vals for vals in vals_list if vals.get(link)]
            # sudo: case - what is copied is no secret to whoever may create a compensation of it
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
