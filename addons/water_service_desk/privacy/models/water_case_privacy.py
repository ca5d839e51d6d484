from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from ...base.roles import CONTACT_GROUPS
from ...case.births import CONVERTED, FOREIGN, PART
from ..masking import mask_address, mask_all, mask_email, mask_name, mask_phone

#: What an anonymous case does not have: who he is, and the account that tells it.
NAMELESS = {"partner_id": False, "contact_name": False, "account_id": False}


class WaterCaseMixin(models.AbstractModel):
    """The customer's personal data, each with a masked twin (S2.2.4)."""

    _name = "water.case.mixin"
    _inherit = ["water.case.mixin", "water.reveal.mixin", "water.export.mixin"]
    _revealable = ("contact_name", "phone", "email_from")
    _goes_along = {
        **dict.fromkeys((*_revealable, "partner_id", "is_anonymous"), (PART, CONVERTED)),
        "is_confidential": (PART, FOREIGN, CONVERTED),
    }
    _package = (
        *("name", "subject", "description", "verbatim", "state", "category_id", "channel_id"),
        *("severity", "received_at", "occurred_at", "closed_at", "contact_name", "phone"),
        *("email_from", "address", "position", "is_confidential"),
    )

    partner_id = fields.Many2one(
        "res.partner", string="Customer", index="btree_not_null", groups=CONTACT_GROUPS
    )
    contact_name = fields.Char(
        compute="_compute_contact",
        store=True,
        readonly=False,
        precompute=True,
        groups=CONTACT_GROUPS,
    )
    phone = fields.Char(
        compute="_compute_contact",
        store=True,
        readonly=False,
        precompute=True,
        groups=CONTACT_GROUPS,
    )
    phone_normalized = fields.Char(
        compute="_compute_phone_normalized",
        store=True,
        precompute=True,
        index="btree_not_null",
        groups=CONTACT_GROUPS,
    )
    email_from = fields.Char(
        string="Email",
        compute="_compute_contact",
        store=True,
        readonly=False,
        precompute=True,
        groups=CONTACT_GROUPS,
    )
    email_normalized = fields.Char(
        compute="_compute_email_normalized",
        store=True,
        precompute=True,
        index="btree_not_null",
        groups=CONTACT_GROUPS,
    )
    is_anonymous = fields.Boolean(string="Anonymous")
    is_confidential = fields.Boolean(
        string="Confidential",
        help="The customer's identity is kept from the people and the department concerned.",
    )
    contact_masked = fields.Char(
        string="Contact", compute="_compute_contact_masked", compute_sudo=True
    )
    phone_masked = fields.Char(
        string="Phone (Masked)", compute="_compute_masked", compute_sudo=True
    )
    email_masked = fields.Char(
        string="Email (Masked)", compute="_compute_masked", compute_sudo=True
    )
    address_masked = fields.Char(
        string="Address (Masked)", compute="_compute_address_shown", compute_sudo=True
    )
    address_shown = fields.Char(
        string="Where",
        compute="_compute_address_shown",
        compute_sudo=True,
        help="Shown in full to the service desk and to the department in charge; masked for"
        " others.",
    )

    # -- whoever does not give his name ------------------------------------------------------

    @api.model
    def _nameless(self, vals):
        """``vals`` without who it is; what is known of the place stays."""
        # sudo: water.account - where it is, not whose
        account = self.env["water.account"].sudo().browse(vals.get("account_id"))
        place = {"address": vals.get("address") or account.address}
        place["zone_id"] = vals.get("zone_id") or account.zone_id.id
        return {**vals, **place, **NAMELESS}

    def _is_out_of_reach(self):
        """Whether nobody could call or write to whoever told us of it."""
        case = self.sudo()
        return case.is_anonymous and not (case.phone or case.email_from)

    @api.constrains("is_anonymous", "partner_id", "account_id")
    def _check_nameless(self):
        for case in self.sudo():
            if case.is_anonymous and (case.partner_id or case.account_id):
                raise ValidationError(
                    self.env._(
                        "%s is anonymous: untick that first if the customer has told their name.",
                        case.name,
                    )
                )

    @api.depends("partner_id")
    def _compute_contact(self):
        """Fill in from the customer what the agent has not typed."""
        for case in self:
            partner = case.partner_id
            case.contact_name = case.contact_name or partner.name
            case.phone = case.phone or partner.phone
            case.email_from = case.email_from or partner.email

    @api.depends("phone")
    def _compute_phone_normalized(self):
        for case in self:
            company = case.company_id or self.env.company
            case.phone_normalized = company._water_phone(case.phone)

    @api.depends("email_from")
    def _compute_email_normalized(self):
        for case in self:
            case.email_normalized = email_normalize(case.email_from)

    @api.depends("contact_name", "is_anonymous")
    @api.depends_context("lang")
    def _compute_contact_masked(self):
        # whoever may not read the name has it read here: the name alone, not all of the row
        self.fetch(["contact_name", "is_anonymous"])
        for case in self:
            anonymous = case.is_anonymous and self.env._("Anonymous")
            case.contact_masked = anonymous or mask_name(case.contact_name)

    @api.depends(lambda self: [name for name in ("address", "position") if name in self._fields])
    @api.depends_context("uid")
    def _compute_address_shown(self):
        reads = self._reads_contact()
        for case in self:
            case.address_masked = mask_address(case.address)
            whole = reads or case._is_at_work()
            case.address_shown = case._whole_address() if whole else case.address_masked

    def _whole_address(self):
        """The address, and what the customer's browser has told besides."""
        return " · ".join(part for part in (self.address, self.position) if part)

    @api.model
    def _reads_contact(self):
        """Whether the reader may see who the customer is without asking.

        Superuser rights that code takes for a while do not count: what is shown is shown to
        the person behind it. A customer sees his own cases alone, through the gateway.
        """
        return self.env["res.users"]._water_reads_contact()

    def _is_at_work(self, *states):
        """Whether the case is in the hands of a department of the user at this moment."""
        return False

    def _may_reveal(self):
        """The desk; and a department once it has accepted the work, to call on the customer."""
        if super()._may_reveal():
            return True
        return not self.sudo().is_anonymous and self._is_at_work("accepted")

    def _keep_reveal(self, names, reason, note):
        """The case remembers it too, as long as its chain is open."""
        super()._keep_reveal(names, reason, note)
        if self.sudo().state not in self._final_states:
            self._log_events("revealed", {"fields": names, "purpose": reason, "note": note})

    def _reveal_name(self):
        return self.sudo().name

    def _reveal_links(self):
        link = self.env["water.privacy.log"]._case_field(self._name)
        return {link: self.id}

    @api.model
    def _export_masks(self):
        return super()._export_masks() | {
            "contact_name": mask_name,
            "phone": mask_phone,
            "phone_normalized": mask_phone,
            "email_from": mask_email,
            "email_normalized": mask_email,
            "address": mask_address,
            "position": mask_all,
            "address_shown": mask_address,
        }

    @api.depends("phone", "email_from")
    def _compute_masked(self):
        self.fetch(["phone", "email_from"])
        for case in self:
            case.phone_masked = mask_phone(case.phone)
            case.email_masked = mask_email(case.email_from)

    @api.model
    def _prepare_new(self, vals_list):
        super()._prepare_new(vals_list)
        for vals in vals_list:
            if vals.get("is_anonymous"):
                vals.update(self._nameless(vals))

    def _prepare_write(self, vals):
        """Nothing that tells who he is stays with an anonymous case, whatever was typed before."""
        return super()._prepare_write({**vals, **NAMELESS} if vals.get("is_anonymous") else vals)
