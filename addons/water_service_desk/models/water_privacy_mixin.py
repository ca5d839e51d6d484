from odoo import api, fields, models
from odoo.tools import email_normalize

from ..tools.masking import mask_email, mask_name, mask_phone

#: Who needs to reach the customer; everybody else reads the masked twins.
CONTACT_GROUPS = (
    "water_service_desk.group_agent,"
    "water_service_desk.group_quality,"
    "water_service_desk.group_integration"
)


class WaterPrivacyMixin(models.AbstractModel):
    """The customer's personal data, each with a masked twin (S2.2.4)."""

    _name = "water.privacy.mixin"
    _description = "Protects Personal Data"

    partner_id = fields.Many2one("res.partner", string="Customer", index="btree_not_null")
    contact_name = fields.Char(
        compute="_compute_contact", store=True, readonly=False, precompute=True
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

    def _message_add_default_recipients(self):
        """The customer is proposed as a recipient to those who may reach him, to nobody else."""
        if self.env.su or self._has_field_access(self._fields["email_from"], "read"):
            return super()._message_add_default_recipients()
        nobody = {"email_cc_lst": [], "email_to_lst": [], "partners": self.env["res.partner"]}
        return {case.id: dict(nobody) for case in self}

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
            case.phone_normalized = self.env.company._water_phone(case.phone)

    @api.depends("email_from")
    def _compute_email_normalized(self):
        for case in self:
            case.email_normalized = email_normalize(case.email_from)

    @api.depends("contact_name", "is_anonymous")
    @api.depends_context("lang")
    def _compute_contact_masked(self):
        for case in self:
            anonymous = case.is_anonymous and self.env._("Anonymous")
            case.contact_masked = anonymous or mask_name(case.contact_name)

    @api.depends("phone", "email_from")
    def _compute_masked(self):
        for case in self:
            case.phone_masked = mask_phone(case.phone)
            case.email_masked = mask_email(case.email_from)
