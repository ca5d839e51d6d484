from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...base.roles import CONTACT_GROUPS
from ...base.trust import trusted
from ...privacy.masking import (
    is_wrong_identity,
    mask_account,
    mask_address,
    mask_identity,
    mask_name,
)
from ..initials import initials


class WaterAccount(models.Model):
    """A customer account (户号): who takes water where, through which meter."""

    _name = "water.account"
    _inherit = ["water.reveal.mixin", "water.export.mixin", "water.erasure.mixin", "water.mixin"]
    _description = "Customer Account"
    _order = "code"
    _rec_names_search = ["code", "address", "partner_id.name"]
    _check_company_auto = True
    _revealable = ("identity_number",)
    _package = (
        *("code", "address", "identity_number", "zone_id", "meter_no", "customer_class"),
        *("call_from", "call_until"),
    )

    code = fields.Char(string="Account Number", required=True, index=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Holder",
        required=True,
        index=True,
        ondelete="restrict",
        groups=CONTACT_GROUPS,
    )
    holder_masked = fields.Char(
        string="Holder (Masked)", compute="_compute_masked", compute_sudo=True
    )
    identity_number = fields.Char(
        copy=False,
        groups=fields.NO_ACCESS,
        help="Of the holder: identity card, passport or unified social credit code.",
        water_erased="empty",
    )
    identity_masked = fields.Char(
        string="Identity Number (Masked)",
        compute="_compute_identity_masked",
        inverse="_inverse_identity_masked",
        compute_sudo=True,
        groups=CONTACT_GROUPS,
        help="Type the whole number to keep it or to correct it; it is shown by the eye only.",
    )
    address_masked = fields.Char(
        string="Premises (Masked)", compute="_compute_masked", compute_sudo=True
    )
    address = fields.Char(string="Premises", required=True, index="trigram", water_mask="address")
    address_initials = fields.Char(
        string="Initials of the Address",
        compute="_compute_address_initials",
        store=True,
        index="trigram",
        groups=CONTACT_GROUPS,
        water_mask="address",
    )
    zone_id = fields.Many2one("water.zone", string="Supply Zone", index=True)
    meter_no = fields.Char(string="Meter Number", index="btree_not_null")
    customer_class = fields.Selection(
        [("household", "Household"), ("business", "Business")],
        required=True,
        default="household",
    )
    flag_ids = fields.Many2many(
        "water.customer.flag",
        string="Flags",
        help="Shown when a call comes in.",
        water_erased="empty",
    )
    call_from = fields.Float(
        string="Call Between",
        help="Local time from which the customer likes to be called.",
        water_erased="empty",
    )
    call_until = fields.Float(
        string="and", help="Local time until which they like to be called.", water_erased="empty"
    )
    holder_name = fields.Char(
        related="partner_id.name",
        string="Holder's Name",
        readonly=False,
        store=False,
        groups=CONTACT_GROUPS,
        water_mask="name",
    )
    holder_phone = fields.Char(
        related="partner_id.phone",
        string="Holder's Phone",
        readonly=False,
        store=False,
        groups=CONTACT_GROUPS,
        water_mask="phone",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    _call_sane = models.Constraint(
        "CHECK (call_from >= 0 AND call_until <= 24 AND call_from <= call_until)",
        "Choose a time of day to call that begins before it ends.",
    )
    _code_uniq = models.Constraint(
        "UNIQUE (code, company_id)", "An account with this number exists already."
    )

    former_holder_ids = fields.One2many(
        "water.account.holder", "account_id", string="Former Holders", groups=CONTACT_GROUPS
    )
    holder_since = fields.Datetime(
        string="Holder since",
        copy=False,
        help="When the holder changed; enter it together with the new holder when it was earlier.",
    )

    @api.constrains("partner_id")
    def _check_holder_is_known(self):
        self.partner_id._check_known()

    @api.model_create_multi
    def create(self, vals_list):
        """Look up the holder named by an import, and create new ones."""
        self.check_access("create")  # before holders are made
        holders = {}
        for vals in vals_list:
            name, phone = vals.pop("holder_name", False), vals.pop("holder_phone", False)
            if name and not vals.get("partner_id"):
                vals["partner_id"] = self._holder(holders, name.strip(), phone)
        return super().create(vals_list)

    @api.model
    def _holder(self, known, name, phone):
        """The partner of that name and telephone number, made when there is none yet.

        :param known: {(name, phone): id} of the same batch, filled here
        """
        if (name, phone) not in known:
            # sudo: res.partner - who may make an account may name its holder
            partners = self.env["res.partner"].sudo()
            domain = [("name", "=", name), ("phone", "=", phone)]
            # namesakes without a number stay separate contacts
            partner = phone and partners.search(domain, limit=1)
            partner = partner or partners.create({"name": name, "phone": phone})
            if not phone:
                return partner.id
            known[name, phone] = partner.id
        return known[name, phone]

    @api.depends("address")
    def _compute_address_initials(self):
        for account in self:
            account.address_initials = initials(account.address) or False

    @api.model
    def get_import_templates(self):
        """The table that an import of accounts is filled into."""
        return [
            {
                "label": self.env._("Import Template for Accounts"),
                "template": "/water_service_desk/static/import/water_account.csv",
            }
        ]

    @api.depends("code", "address")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Show number and street alone to users who may not know addresses."""
        whole = self.env["res.users"]._water_reads_contact()
        for account in self:
            place = account.address if whole else mask_address(account.address)
            account.display_name = f"{account.code} {place or ''}".strip()

    @api.model
    def _search_display_name(self, operator, value):
        if self.env["res.users"]._water_reads_contact():
            return super()._search_display_name(operator, value)
        return Domain("code", operator, value)

    def _erasure_hindrances(self):
        hindrances = super()._erasure_hindrances()
        if self.active:
            hindrances.append(self.env._("the account is open: archive it first"))
        return hindrances

    def _erasure_name(self):
        return self.code

    def _erasure_links(self):
        return {"account_id": self.id, "company_id": self.company_id.id}

    def _reveal_name(self):
        return self.code

    def _reveal_links(self):
        return {"account_id": self.id, "company_id": self.company_id.id}

    @api.model
    def _export_masks(self):
        return super()._export_masks() | {"display_name": mask_account}

    @api.depends("partner_id.name", "address")
    def _compute_masked(self):
        for account in self:
            account.holder_masked = mask_name(account.partner_id.name)
            account.address_masked = mask_address(account.address)

    @api.depends("identity_number")
    def _compute_identity_masked(self):
        for account in self:
            account.identity_masked = mask_identity(account.identity_number)

    def _inverse_identity_masked(self):
        """Ignore a mask that comes back unchanged from a form."""
        # sudo: the number is hidden, but editors of the account may set it
        for account in self.sudo():
            number = (account.identity_masked or "").replace(" ", "").upper()
            if number == mask_identity(account.identity_number):
                continue
            if "*" in number or is_wrong_identity(number):
                raise ValidationError(
                    self.env._("This identity number is mistyped: type all of it again.")
                )
            account.identity_number = number

    # -- holder --------------------------------------------------------------------------------

    def write(self, vals):
        """A new holder: who was it before stays known, with the moment of the change."""
        if "partner_id" not in vals:
            return super().write(vals)
        at = fields.Datetime.to_datetime(vals.get("holder_since")) or fields.Datetime.now()
        # sudo: water.account.holder - logged with every change
        accounts = self.sudo()
        rows = [
            {"account_id": account.id, "partner_id": account.partner_id.id, "until": at}
            for account in accounts
            if account.partner_id.id != vals["partner_id"]
        ]
        result = super().write({**vals, "holder_since": at} if rows else vals)
        trusted(self.env["water.account.holder"].sudo()).create(rows)
        return result

    def _holder_at(self, moment):
        """Return the res.partner who held the account at ``moment`` (naive UTC)."""
        later = self.sudo().former_holder_ids.filtered(lambda row: row.until > moment)
        # of those until the same second the first: a later one was put right, and never held it
        return later.sorted(lambda row: (row.until, row.id))[:1].partner_id or self.partner_id

    @api.constrains("holder_since")
    def _check_holder_since(self):
        """Refuse a start before the former holder's end, or none: earlier data is another
        customer's.
        """
        for account in self:
            untils = account.sudo().former_holder_ids.mapped("until")
            since = account.holder_since
            if untils and not (since and since >= max(untils)):
                raise ValidationError(self.env._("The holder before came later than that."))
