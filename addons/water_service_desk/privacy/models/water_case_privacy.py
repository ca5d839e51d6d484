from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ...base.roles import CONTACT_GROUPS
from ...base.trust import trusted
from ...case.births import CONVERTED, FOREIGN, PART
from ..masking import mask_address, mask_email, mask_name, mask_phone

#: What only the form of a case reads together: lists and boards do not show the matter at length.
FORM = frozenset({"description", "event_ids"})
#: What an anonymous case does not have: who he is, and the account that tells it.
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

    #: years that a finished case is kept with all its data, whoever asks
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
        """Nothing that tells who he is stays with an anonymous case, whatever was typed before."""
        return super()._prepare_write({**vals, **NAMELESS} if vals.get("is_anonymous") else vals)

    # -- opened --------------------------------------------------------------------------------
    # Who has opened a case stands in the privacy log, masked or not (S2.2.4).

    @api.readonly
    def web_read(self, specification):
        """Read for the web client; a case whose form is opened is noted once within the hour."""
        values = super().web_read(specification)
        if len(self) == 1 and specification.keys() >= FORM and not self.env.su:
            self.env["water.privacy.log"]._note_opened(self)
        return values

    # -- thread --------------------------------------------------------------------------------
    # A case's thread does not tell who the customer is to whoever reads him masked (S2.2.4).

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """What has forgotten its customer is not told of him again: nobody writes there."""
        needed = super()._mail_get_operation_for_mail_message_operation(message_operation)
        # sudo: case - asked whether it was erased, nothing of it
        erased = self.sudo().filtered("erased_at").with_env(self.env)
        asks = message_operation == "create"
        return {**needed, **dict.fromkeys(erased, "write")} if asks else needed

    @api.depends("message_follower_ids")
    @api.depends_context("uid")
    def _compute_message_partner_ids(self):
        """Colleagues who follow; the customer too for those who may know him."""
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
        """The customer is proposed as a recipient to those who may reach him, to nobody else."""
        if self.env.su or self._has_field_access(self._fields["email_from"], "read"):
            return super()._message_add_default_recipients()
        nobody = {"email_cc_lst": [], "email_to_lst": [], "partners": self.env["res.partner"]}
        return {case.id: dict(nobody) for case in self}

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """A mail with the customer's words carries his name: not to those who read it masked."""
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
        years = self._kept_for_years()
        if not self._older_than(self.closed_at or self.received_at, years):
            hindrances.append(self.env._("it has to be kept for %(years)s years", years=years))
        return hindrances

    def _kept_for_years(self):
        """Years for which this case is kept once it is finished; heirs may know better."""
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
        """Events of the case, and of those of its rows that have a chain of their own."""
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
