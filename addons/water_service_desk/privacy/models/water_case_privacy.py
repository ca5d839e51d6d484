from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ...base.roles import CONTACT_GROUPS
from ...base.trust import trusted
from ...case.births import CONVERTED, FOREIGN, PART
from ..masking import mask_address, mask_email, mask_name, mask_phone

#: Fields that only the form reads together: a read of them is a look at the case.
FORM = frozenset({"description", "event_ids"})
#: Fields that an anonymous case leaves empty: identity, and the account that reveals it.
NAMELESS = {"partner_id": False, "contact_name": False, "account_id": False}


class WaterCaseMixin(models.AbstractModel):
    """The customer's personal data, each with a masked twin (S2.2.4)."""

    _name = "water.case.mixin"
    _inherit = [
        "water.case.mixin",
        "water.erasure.mixin",
        "water.reveal.mixin",
        "water.export.mixin",
    ]

    # Odoo searches by way of the thread without asking the messages: it would tell who wrote.
    message_ids = fields.One2many(bypass_search_access=False)
    website_message_ids = fields.One2many(bypass_search_access=False)

    #: years that a finished case is kept with all its data
    _retention_years = 0
    _revealable = ("contact_name", "phone", "email_from")

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        groups=CONTACT_GROUPS,
        water_born=(PART, CONVERTED),
        water_open=True,
        water_erased="empty",
    )
    contact_name = fields.Char(
        compute="_compute_contact",
        store=True,
        readonly=False,
        precompute=True,
        groups=CONTACT_GROUPS,
        water_born=(PART, CONVERTED),
        water_open=True,
        water_package=True,
        water_mask="name",
        water_erased="gone",
    )
    phone = fields.Char(
        compute="_compute_contact",
        store=True,
        readonly=False,
        precompute=True,
        groups=CONTACT_GROUPS,
        water_born=(PART, CONVERTED),
        water_open=True,
        water_package=True,
        water_mask="phone",
        water_erased="empty",
    )
    phone_normalized = fields.Char(
        compute="_compute_phone_normalized",
        store=True,
        precompute=True,
        index="btree_not_null",
        groups=CONTACT_GROUPS,
        water_mask="phone",
    )
    email_from = fields.Char(
        string="Email",
        compute="_compute_contact",
        store=True,
        readonly=False,
        precompute=True,
        groups=CONTACT_GROUPS,
        water_born=(PART, CONVERTED),
        water_open=True,
        water_package=True,
        water_mask="email",
        water_erased="empty",
    )
    email_normalized = fields.Char(
        compute="_compute_email_normalized",
        store=True,
        precompute=True,
        index="btree_not_null",
        groups=CONTACT_GROUPS,
        water_mask="email",
    )
    is_anonymous = fields.Boolean(string="Anonymous", water_born=(PART, CONVERTED))
    is_confidential = fields.Boolean(
        string="Confidential",
        help="The customer's identity is kept from the people and the department concerned.",
        water_born=(PART, FOREIGN, CONVERTED),
        water_package=True,
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
        water_mask="address",
    )

    # -- anonymous customers -----------------------------------------------------------------

    @api.model
    def _nameless(self, vals):
        """Return ``vals`` without identity; the known place stays."""
        # sudo: water.account - where it is, not whose
        account = self.env["water.account"].sudo().browse(vals.get("account_id"))
        place = {"address": vals.get("address") or account.address}
        place["zone_id"] = vals.get("zone_id") or account.zone_id.id
        return {**vals, **place, **NAMELESS}

    def _is_out_of_reach(self):
        """Return whether neither a call nor a mail can reach the customer."""
        case = self.sudo()
        return case.is_anonymous and not (case.phone or case.email_from)

    @api.constrains("partner_id")
    def _check_customer_is_known(self):
        """Refuse a customer who is erased, or just being erased (PIPL art. 47)."""
        self.partner_id._check_known()

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
        """Fill in the customer's contact data where the agent has typed none."""
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
        # read as superuser for readers without access: the name alone, not the whole row
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
        return " · ".join(part for part in (self.address, self.position) if part)

    @api.model
    def _reads_contact(self):
        """Return whether the reader may see the customer's identity without a reveal.

        Temporary superuser rights do not count: the result is shown to the user behind them.
        Customers see their own cases alone, in the portal.
        """
        return self.env["res.users"]._water_reads_contact()

    def _is_at_work(self, *states):
        return False

    def _may_reveal(self):
        if super()._may_reveal():
            return True
        return not self.sudo().is_anonymous and self._is_at_work("accepted")

    def _keep_reveal(self, names, reason, note):
        """Log the reveal in the chain of an open case as well."""
        super()._keep_reveal(names, reason, note)
        if self.sudo().state not in self._final_states:
            self._log_events("revealed", {"fields": names, "purpose": reason, "note": note})

    def _reveal_name(self):
        return self.sudo().name

    def _reveal_links(self):
        link = self.env["water.privacy.log"]._case_field(self._name)
        return {link: self.id}

    @api.depends("phone", "email_from")
    def _compute_masked(self):
        self.fetch(["phone", "email_from"])
        for case in self:
            case.phone_masked = mask_phone(case.phone)
            case.email_masked = mask_email(case.email_from)

    @api.model
    def _prepare_anonymous(self, vals_list):
        for vals in vals_list:
            if vals.get("is_anonymous"):
                vals.update(self._nameless(vals))

    def _prepare_write(self, vals):
        """Remove identifying values from an anonymous case."""
        return super()._prepare_write({**vals, **NAMELESS} if vals.get("is_anonymous") else vals)

    # -- opened --------------------------------------------------------------------------------
    # Every opening of a case is logged in the privacy log, masked or not (S2.2.4).

    @api.readonly
    def web_read(self, specification):
        """Read for the web client; a case whose form is opened is noted once within the hour."""
        values = super().web_read(specification)
        if len(self) == 1 and specification.keys() >= FORM and not self.env.su:
            self.env["water.privacy.log"]._note_opened(self)
        return values

    # -- thread --------------------------------------------------------------------------------
    # A case's thread hides the customer from readers who see customers masked (S2.2.4).

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Refuse messages on a case whose customer was erased."""
        needed = super()._mail_get_operation_for_mail_message_operation(message_operation)
        # sudo: case - whether it was erased
        erased = self.sudo().filtered("erased_at").with_env(self.env)
        asks = message_operation == "create"
        return {**needed, **dict.fromkeys(erased, "write")} if asks else needed

    @api.depends("message_follower_ids")
    @api.depends_context("uid")
    def _compute_message_partner_ids(self):
        """Show colleagues among the followers, and customers to readers who may know them."""
        super()._compute_message_partner_ids()
        if not self.env["res.users"]._water_reads_contact():
            for thread in self:
                # sudo: res.partner - asked whether it is a colleague
                followers = thread.sudo().message_follower_ids.partner_id
                staff = followers.filtered(lambda partner: not partner.partner_share)
                thread.message_partner_ids = staff.with_env(self.env)

    @api.model
    def _search_message_partner_ids(self, operator, operand):
        operator, operand = self._followers_asked(operator, operand)
        domain = super()._search_message_partner_ids(operator, operand)
        if domain is NotImplemented or self.env["res.users"]._water_reads_contact():
            return domain
        # sudo: mail.followers - narrowed to colleagues
        staff = (
            self.env["mail.followers"]
            .sudo()
            ._search(
                [
                    ("res_model", "=", self._name),
                    ("partner_id", operator, operand),
                    ("partner_id.partner_share", "=", False),
                ]
            )
        )
        return Domain("id", "in", staff.subselect("res_id"))

    def _message_add_default_recipients(self):
        """Propose the customer as recipient only to users who may contact them."""
        if self.env.su or self._has_field_access(self._fields["email_from"], "read"):
            return super()._message_add_default_recipients()
        nobody = {"email_cc_lst": [], "email_to_lst": [], "partners": self.env["res.partner"]}
        return {case.id: dict(nobody) for case in self}

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Send mails with a customer's words only to recipients who may know the customer."""
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        by_colleague = message.author_id and not message.author_id.partner_share
        if message.message_type == "user_notification" or by_colleague:
            return recipients
        users = self.env["res.users"].sudo().browse([r["uid"] for r in recipients if r["uid"]])
        masked = set(users.filtered(lambda user: not user._reads_customers()).ids)
        return [r for r in recipients if r["uid"] not in masked]

    # -- erasure -------------------------------------------------------------------------------
    # How a case, its rows, its thread and its files forget the customer.

    def _erasure_hindrances(self):
        hindrances = super()._erasure_hindrances()
        if self.state not in self._final_states:
            return [*hindrances, self.env._("it is not finished")]
        years = self._retention_period()
        if not self._older_than(self.closed_at or self.received_at, years):
            hindrances.append(self.env._("it has to be kept for %(years)s years", years=years))
        return hindrances

    def _retention_period(self):
        """Return the years for which this case is kept once finished; heirs may override."""
        return self._retention_years

    def _erasure_name(self):
        return self.name

    def _erasure_links(self):
        return {
            self.env["water.privacy.log"]._case_field(self._name): self.id,
            "company_id": self.company_id.id,
        }

    def _erasure_words(self):
        customer, account = self.partner_id, self.account_id
        return [
            *(self.contact_name, self.phone, self.phone_normalized, self.email_from, self.address),
            *(customer.name, customer.phone, customer.email, customer.street),
            *(account.code, account.address, account.identity_number),
        ]

    def _erase_values(self, scrubber):
        texts = self._scrubbed(self, self._texts_of(self), scrubber)
        trees = self._scrubbed_trees(self, scrubber)
        return {**texts, **trees, **super()._erase_values(scrubber)}

    def _erase_around(self, scrubber, reason):
        super()._erase_around(scrubber, reason)
        rows = self._rows_around()
        self._erase_threads(scrubber, rows)
        self._erase_to_dos(scrubber, rows)
        self._erase_files(rows)
        self._erase_rows(scrubber, rows)
        self._erase_chains(scrubber, rows, reason=reason)

    def _erase_chains(self, scrubber, rows, **facts):
        for record in (self, *rows):
            if getattr(record, "_chain_event", None):
                erased = record._erase_events(scrubber)
                if erased["events"] or record == self:
                    record._log_events("erased", {**facts, **erased})

    def _rows_around(self):
        """The rows of other models that belong to the case."""
        rows = []
        for model in self.env.values():
            if model._abstract or model._transient or not model._auto:
                continue  # a view shows rows of others
            if not model._name.startswith("water.") or hasattr(model, "_erase_payload"):
                continue  # evidence has its own way
            links = [
                name
                for name, field in model._fields.items()
                if field.type == "many2one" and field.store and field.comodel_name == self._name
            ]
            if links and model._name != self._name:
                found = model.sudo().with_context(active_test=False)
                rows += trusted(found.search([(links[0], "=", self.id)]))
        return rows
