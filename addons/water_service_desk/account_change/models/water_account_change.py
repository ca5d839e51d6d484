from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...base import windows
from ...base.roles import CONTACT_GROUPS, SUPERVISOR
from ...base.trust import trusted

#: Fields of a contact's identity and addresses.
REACH = ("phone", "email", "water_wechat_openid")
IDENTITY = ("name", "vat", "parent_id")
PLACE = ("street", "street2", "city", "zip", "state_id", "country_id")
CONTACT = (*IDENTITY, *REACH, *PLACE)
#: The kind of event that a change is in the chain of an account.
EVENTS = {
    "holder": "holder_changed",
    "merged": "holder_changed",
    "payee": "payee_named",
    "contact": "contact_changed",
    "bank": "bank_changed",
}


class WaterAccountChange(models.Model):
    """A change of holder, payee, bank or contact data, by which money could be diverted.

    It takes effect at once except for money. The chain of the account logs it, and the former
    contact is notified. Payments wait until a second person has confirmed it, and for the company's
    freeze days, unless a second person releases it with a reason (S2.2.4).
    """

    _name = "water.account.change"
    _inherit = [
        "water.readonly.mixin",
        "water.never.deleted.mixin",
        "water.addressee.mixin",
        "water.mixin",
    ]
    _description = "Change of Holder, Payee, Bank or Contact"
    _order = "id desc"
    _rec_name = "account_id"
    _allow_sudo_commands = False

    account_id = fields.Many2one(
        "water.account", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Whose",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        groups=CONTACT_GROUPS,
        help="The contact that was changed; of an account, its holder before the change.",
    )
    kind = fields.Selection(
        [
            ("holder", "Another holder"),
            ("payee", "Another payee"),
            ("contact", "Another contact"),
            ("bank", "Another bank account"),
            ("merged", "Contacts merged"),
        ],
        required=True,
        readonly=True,
    )
    names = fields.Char(string="Fields", readonly=True, help="Names of the fields that changed.")
    before = fields.Text(readonly=True, groups=CONTACT_GROUPS, water_mask="all")
    after = fields.Text(readonly=True, groups=CONTACT_GROUPS, water_mask="all")
    old_email = fields.Char(readonly=True, groups=CONTACT_GROUPS, water_mask="email")
    old_phone = fields.Char(readonly=True, groups=CONTACT_GROUPS, water_mask="phone")
    is_staff = fields.Boolean(
        string="Staff",
        readonly=True,
        help="The new holder or payee is, or shares contact or bank with, one of the staff.",
    )
    at = fields.Datetime(string="On", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Changed by", required=True, readonly=True)
    told_at = fields.Datetime(
        string="Former Contact Told", readonly=True, help="Empty: no one could be reached."
    )
    state = fields.Selection(
        [("waiting", "Waits for a second person"), ("confirmed", "Confirmed")],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    confirmed_by_id = fields.Many2one("res.users", readonly=True)
    confirmed_at = fields.Datetime(readonly=True)
    frozen_until = fields.Datetime(string="Payments Wait until", readonly=True, index=True)
    released_by_id = fields.Many2one("res.users", readonly=True)
    released_at = fields.Datetime(readonly=True)
    release_reason = fields.Text(readonly=True)
    is_frozen = fields.Boolean(
        string="Payments Wait", compute="_compute_is_frozen", search="_search_is_frozen"
    )
    can_decide = fields.Boolean(compute="_compute_can_decide", export_string_translation=False)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)

    @api.model
    def _readonly_message(self):
        return self.env._("Changes are kept by the system; a second person confirms them.")

    # -- how long money waits -----------------------------------------------------------------

    @api.depends("state", "frozen_until", "released_at")
    def _compute_is_frozen(self):
        now = fields.Datetime.now()
        for row in self:
            is_cold = row.frozen_until and row.frozen_until > now and not row.released_at
            row.is_frozen = row.state == "waiting" or bool(is_cold)

    @api.model
    def _search_is_frozen(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        now = fields.Datetime.now()
        return [
            "|",
            ("state", "=", "waiting"),
            *("&", ("frozen_until", ">", now), ("released_at", "=", False)),
        ]

    def _freeze_text(self):
        """Why and until when money waits, in words; no personal data."""
        kind = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        facts = {"kind": kind, "day": self._local(self.at), "user": self.user_id.name}
        text = self.env._("%(kind)s on %(day)s by %(user)s", **facts)
        if self.state == "waiting":
            text = self.env._("%s, to be confirmed by a second person", text)
        if self.frozen_until and not self.released_at:
            day = self._local(self.frozen_until)
            text = self.env._("%(text)s; payments wait until %(day)s", text=text, day=day)
        return text

    def _local(self, moment):
        zone = self.company_id._water_tz()
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        return f"{local:%Y-%m-%d %H:%M}"

    # -- keeping ------------------------------------------------------------------------------

    @api.model
    def _keep(self, kind, rows):
        """Create changes, log them in the chains of the accounts, and notify former contacts.

        :param kind: see the field
        :param rows: list of values: ``partner_id``, ``company_id``, and if known ``account_id``,
            ``names``, ``before``, ``after``, ``old_email``, ``old_phone``, ``is_staff``
        :return: the changes
        """
        now = fields.Datetime.now()
        common = {"kind": kind, "at": now, "user_id": self.env.uid}
        values = [{**common, **self._frozen(vals, now), **vals} for vals in rows]
        # sudo: water.account.change - created here alone
        changes = trusted(self.sudo()).create(values)
        for change in changes.filtered("account_id"):
            payload = {"change": change.id, "fields": (change.names or "").split(",")}
            change.account_id._log_events(EVENTS[kind], payload, change_id=change.id)
        changes._tell()
        return changes.with_env(self.env)

    @api.model
    def _frozen(self, vals, now):
        company = self.env["res.company"].sudo().browse(vals["company_id"])
        return {"frozen_until": now + timedelta(days=company.water_freeze_days)}

    # -- the second person --------------------------------------------------------------------

    @api.depends("state", "frozen_until", "released_at")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for row in self:
            row.can_decide = row.is_frozen and not row._decision_faults()

    def _decision_faults(self):
        user, change = self.env.user, self.sudo()
        if not (self.env.su or user.has_group(SUPERVISOR)):
            return [self.env._("a supervisor confirms or releases it")]
        if user in change._hands():
            return [self.env._("it needs a person who was not involved")]
        return []

    def _hands(self):
        """Return who changed the account or contact lately, holds it, or is named by the change."""
        near = self.at - timedelta(days=max(self.company_id.water_freeze_days, 1))
        about = Domain("partner_id", "in", self.partner_id._water_same_payee().ids)
        if self.account_id:
            about |= Domain("account_id", "=", self.account_id.id)
        others = self.search(about & Domain("at", ">=", near))
        holder = self.partner_id | self.account_id.partner_id
        people = others.user_id | self.user_id | holder._water_staff_behind()
        return people.filtered(lambda user: user.id != SUPERUSER_ID)

    def _check_decision(self):
        self.check_access("read")
        for row in self:
            faults = row._decision_faults()
            if faults:
                raise AccessError("\n".join(faults))

    def action_confirm(self):
        """Confirm the change as the second person; its freeze days still run.

        :raises AccessError: by users with a part in it, or below supervisor
        """
        self._check_decision()
        rows = self.filtered(lambda row: row.state == "waiting")
        values = {"confirmed_by_id": self.env.uid, "confirmed_at": fields.Datetime.now()}
        # sudo: water.account.change - checked above
        trusted(rows.sudo()).write({"state": "confirmed", **values})
        rows._log("change_confirmed")
        return True

    def action_release(self):
        """Open the dialog that asks why money need not wait."""
        self._check_decision()
        return windows.dialog(
            "water.account.release.wizard",
            self.env._("Release Payments"),
            {"default_change_ids": self.ids},
        )

    def _release(self, reason):
        """Release payments of a confirmed change.

        :param reason: why, required
        :raises UserError: without a reason, or before it is confirmed
        :raises AccessError: by users with a part in it
        """
        self._check_decision()
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason."))
        if any(row.state == "waiting" for row in self):
            raise UserError(self.env._("Confirm the change first."))
        values = {"released_by_id": self.env.uid, "released_at": fields.Datetime.now()}
        # sudo: water.account.change - checked above
        trusted(self.sudo()).write({**values, "release_reason": reason})
        self._log("freeze_released")

    def _log(self, kind):
        for change in self.sudo().filtered("account_id"):
            payload = {"change": change.id}
            account = change.account_id.with_env(self.env)
            account._log_events(kind, payload, change_id=change.id)

    # -- tell ----------------------------------------------------------------------------------
    # Notifying the former contact that address or payee has changed.

    def _tell(self):
        """Notify each former contact once, at the address from before the first change."""
        template = self.env.ref("water_service_desk.mail_template_account_change")
        first = self.browse()
        for change in trusted(self):
            change.write(change._earliest_contact())
            key = (change.partner_id, change.company_id)
            if key not in {(one.partner_id, one.company_id) for one in first}:
                first |= change
        for change in first:
            if self.env["water.message"]._queue(template, change):
                trusted(change).told_at = fields.Datetime.now()

    def _earliest_contact(self):
        """Return the address from before the oldest unconfirmed change."""
        domain = [("partner_id", "=", self.partner_id.id), ("state", "=", "waiting")]
        older = self.search([*domain, ("id", "<", self.id)], order="id", limit=1)
        values = {"old_email": older.old_email, "old_phone": older.old_phone}
        return values if any(values.values()) else {}

    # -- who is told --------------------------------------------------------------------------

    def _message_case(self):
        return self

    def _message_link(self):
        return {}

    def _message_address(self, medium):
        change = self.sudo()
        phone = change.company_id._water_phone(change.old_phone)
        return {"mail": change.old_email, "sms": phone}.get(medium)

    def _mail_address(self):
        return self._message_address("mail")

    def _customer_number(self):
        return self.sudo().account_id.code or ""

    def _customer_due(self):
        return self.frozen_until

    def _customer_name(self):
        """Return no name: the reader of the old address may be another person by now."""
        return ""

    def _customer_link(self):
        return f"{self.get_base_url()}/my"

    def _change_sentence(self):
        """Return the change as a sentence in the language of the environment."""
        account = self._customer_number()
        day = self._customer_time(self.at)
        if not account:
            return self.env._("Your contact or bank account with us was changed on %s.", day)
        facts = {"account": account, "day": day}
        return {
            "holder": self.env._("The account %(account)s got another holder on %(day)s.", **facts),
            "merged": self.env._("The account %(account)s got another holder on %(day)s.", **facts),
            "payee": self.env._(
                "For your account %(account)s an amount was awarded to another person on %(day)s.",
                **facts,
            ),
            "contact": self.env._(
                "Your contact for the account %(account)s was changed on %(day)s.", **facts
            ),
            "bank": self.env._(
                "The bank account for your account %(account)s was changed on %(day)s.", **facts
            ),
        }[self.kind]

    def _hotline_sentence(self):
        """Return where to turn at once."""
        hotline = self.company_id.water_hotline
        if hotline:
            return self.env._("If this was not you, please call us right now: %s.", hotline)
        return self.env._("If this was not you, please tell us right now.")

    # -- erasure ------------------------------------------------------------------------------

    def _erase_person(self):
        """Remove an erased person's data; the change itself stays."""
        gone = dict.fromkeys(("before", "after", "old_email", "old_phone"), False)
        trusted(self.sudo()).write(gone)
