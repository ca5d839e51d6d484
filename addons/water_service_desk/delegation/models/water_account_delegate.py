import secrets
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import consteq
from odoo.tools.mail import single_email_re
from odoo.tools.misc import hash_sign, hmac, verify_hash_signed

from ...base.keys import HIDDEN
from ...base.moments import day_text
from ...base.roles import AGENT, CONTACT_GROUPS
from ...base.scope import uses
from ...base.trust import trusted
from ...intake.filing import FilingError, TooManyError, WrongStateError, clean_text, parse_id
from ...privacy.masking import mask_name
from ...privacy.scrub import GONE
from ..delegation import OPEN_STATES, RIGHTS, SCOPE

#: Days until an invitation expires.
INVITED_DAYS = 7
#: More people than that act for no account at a time.
MOST = 20
LONGEST_NAME, LONGEST_EMAIL, LONGEST_PHONE = 80, 200, 40
DAY = timedelta(days=1)
#: How long a code is valid, and how many may be requested and tried in an hour.
PROOF_LASTS = timedelta(minutes=15)
MOST_CODES, MOST_TRIES = 3, 5
#: Factor of the limit for all who have the link: one of them must not block the others.
ALL = 4


class WaterAccountDelegate(models.Model):
    """A person authorised by an account's holder to act for it (S3.2.1a, S2.2.4).

    A member of the household, of a company's staff, or a property manager. The holder invites
    delegates in the portal; they accept with a login of their own by a link that works once and
    expires; an address alone gives no right. The rights are checked at each step: after a
    revocation, the end, or a change of holder, none is left.
    """

    _name = "water.account.delegate"
    _inherit = [
        "water.readonly.mixin",
        "water.never.deleted.mixin",
        "water.addressee.mixin",
        "water.mixin",
    ]
    _description = "Delegate of an Account"
    _package = (
        *("account_id", "holder_id", "partner_id", "relation", "date_from", "date_until"),
        *("state", "accepted_at", "ended_at"),
    )
    _package_whose = "holder_id"
    _order = "id desc"
    _rec_name = "name_masked"
    _rec_names_search = ("account_id.code",)
    _allow_sudo_commands = False
    _check_company_auto = True

    account_id = fields.Many2one(
        "water.account", required=True, readonly=True, index=True, ondelete="restrict"
    )
    holder_id = fields.Many2one(
        "res.partner",
        string="Named by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        groups=CONTACT_GROUPS,
        help="Holder of the account at the time; with another holder the delegation ends.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Delegate",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups=CONTACT_GROUPS,
        help="Who has accepted the invitation, with a login of their own.",
    )
    name = fields.Char(
        string="Delegate's Name",
        required=True,
        readonly=True,
        groups=CONTACT_GROUPS,
        water_mask="name",
    )
    email = fields.Char(readonly=True, groups=CONTACT_GROUPS, water_mask="email")
    phone = fields.Char(readonly=True, groups=CONTACT_GROUPS, water_mask="phone")
    name_masked = fields.Char(
        string="Name (Masked)", compute="_compute_name_masked", compute_sudo=True
    )
    relation = fields.Selection(
        [
            ("household", "Member of the household"),
            ("staff", "Member of the company's staff"),
            ("property", "Property manager"),
            ("other", "Another Person"),
        ],
        required=True,
        readonly=True,
        default="household",
    )
    sees_cases = fields.Boolean(readonly=True)
    files_cases = fields.Boolean(readonly=True)
    keeps_visits = fields.Boolean(readonly=True)
    sees_money = fields.Boolean(readonly=True)
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_until = fields.Date(
        string="Valid Until", readonly=True, help="Last day; empty: until revoked."
    )
    state = fields.Selection(
        [
            ("invited", "Invited"),
            ("active", "Active Delegation"),
            ("declined", "Invitation Declined"),
            ("revoked", "Revoked"),
            ("resigned", "Given up by the delegate"),
            ("ended", "Ended with the account"),
        ],
        required=True,
        readonly=True,
        default="invited",
        index=True,
    )
    is_over = fields.Boolean(
        string="Run Out",
        compute="_compute_is_over",
        help="The last day, or that of the invitation, has passed.",
    )
    nonce = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    expires_at = fields.Datetime(string="Invitation Expires", readonly=True)
    accepted_at = fields.Datetime(string="Delegation Accepted At", readonly=True)
    ended_at = fields.Datetime(string="Delegation Ended At", readonly=True)
    event_ids = fields.One2many("water.account.event", "delegate_id", string="Events")
    can_revoke = fields.Boolean(compute="_compute_can_revoke", export_string_translation=False)
    company_id = fields.Many2one(
        "res.company", related="account_id.company_id", store=True, index=True
    )

    _active_uniq = models.UniqueIndex(
        "(account_id, partner_id) WHERE state = 'active'",
        "This delegate acts for the account already.",
    )
    _dates_sane = models.Constraint(
        "CHECK (date_until IS NULL OR date_until >= date_from)",
        "A delegation ends after it begins.",
    )

    proof_salt = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    proof_until = fields.Datetime(readonly=True, copy=False, groups=fields.NO_ACCESS)

    @api.constrains("partner_id")
    def _check_delegate_is_known(self):
        self.partner_id._check_known()

    @api.model
    def _readonly_message(self):
        return self.env._("The holder names delegates on their pages; staff may revoke them.")

    @api.depends("name")
    def _compute_name_masked(self):
        for row in self:
            row.name_masked = mask_name(row.name)

    @api.depends("state", "date_until", "expires_at")
    def _compute_is_over(self):
        now = fields.Datetime.now()
        for row in self:
            ran_out = row.state == "active" and row.date_until and row.date_until < row._today()
            lapsed = row.state == "invited" and row.expires_at and row.expires_at < now
            row.is_over = bool(ran_out or lapsed)

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_revoke(self):
        is_desk = self._is_desk()
        for row in self:
            row.can_revoke = is_desk and row.state in OPEN_STATES

    @api.model
    def _is_desk(self):
        return self.env.su or self.env.user.has_group(AGENT)

    # -- in force ---------------------------------------------------------------------------

    def _today(self):
        return self.company_id._water_today()

    @api.model
    def _in_force(self, partner, account=None):
        # sudo: water.account.delegate - those of the person alone
        rows = self.sudo()
        if not (partner and uses(self.env, "water_service_desk.group_use_delegation")):
            return rows.browse()
        domain = [("partner_id", "=", partner.id), ("state", "=", "active")]
        domain += [("account_id", "=", account.id)] if account else []
        return rows.search(domain).filtered(lambda row: row._is_in_force())

    def _is_in_force(self):
        """Return whether it is accepted, in its period, and of the holder of an open account.

        Members of staff cannot be delegates.
        """
        account, today = self.account_id, self._today()
        return (
            self.state == "active"
            and self.partner_id.partner_share
            and self.date_from <= today
            and (not self.date_until or today <= self.date_until)
            and account.active
            and account.partner_id == self.holder_id
            and self.holder_id.active
        )

    # -- the invitation ---------------------------------------------------------------------

    def _fresh_invitation(self):
        """Return the values of a new invitation; older links become invalid."""
        until = fields.Datetime.now() + timedelta(days=INVITED_DAYS)
        return {"nonce": secrets.token_urlsafe(16), "expires_at": until}

    def _token(self):
        claims = [self.id, self.nonce]
        return hash_sign(self.env(su=True), SCOPE, claims, expiration_hours=24 * INVITED_DAYS)

    def _move(self, state, kind, **values):
        # sudo: water.account.delegate - called after the check of who asks
        trusted(self.sudo()).write({"state": state, "nonce": False, **values})
        self.sudo().partner_id._forget_own_matters()
        return self.env["water.account.event"]._log(self, kind)

    def _end(self, state, kind):
        open_rows = self.sudo().filtered(lambda row: row.state in OPEN_STATES)
        if open_rows:
            open_rows._move(state, kind, ended_at=fields.Datetime.now())
            open_rows.filtered(lambda row: state != "resigned" and row.partner_id)._tell_delegate()

    def action_revoke(self):
        """Revoke a delegation by the desk, for instance on the holder's call.

        :raises AccessError: by anyone but the desk
        :raises UserError: if it has ended already
        """
        self.check_access("read")
        if not self._is_desk():
            raise AccessError(self.env._("Only service agents revoke delegations."))
        if any(row.state not in OPEN_STATES for row in self):
            raise UserError(self.env._("This delegation has ended already."))
        self._end("revoked", "revoked_by_staff")
        return True

    def _event_values(self, case=None, action=False):
        """Return the values of an event about this delegation, without names, so that an erasure
        leaves it unchanged.
        """
        number = case.name if case is not None else False
        rights = [name for name in RIGHTS if self[name]]
        payload = {"delegate": self.id, "holder": self.holder_id.id, "partner": self.partner_id.id}
        payload |= {
            "rights": rights,
            "from": str(self.date_from),
            "until": str(self.date_until or ""),
        }
        payload |= {"case": number or "", "action": action or ""}
        return {
            "delegate_id": self.id,
            "case_name": number,
            "action": action,
            "payload": payload,
        }

    def _log_act(self, case, action):
        if self:
            payload = {"delegation": self.id, "action": action, "note": action}
            case._log_events("delegate_acted", payload)
            self.env["water.account.event"]._log(self, "acted", case=case, action=action)

    # -- tell ----------------------------------------------------------------------------------
    # Messages to delegates and invited persons, and their addresses.

    def _message_case(self):
        return self

    def _message_link(self):
        return {}

    def _message_address(self, medium):
        """Send the invitation to the holder's address for it, later messages to the delegate's
        login.
        """
        row = self.sudo()
        if row.partner_id:
            return row.partner_id._water_address(medium)
        phone = row.company_id._water_phone(row.phone)
        return {"mail": row.email, "sms": phone}.get(medium)

    def _mail_address(self):
        return self._message_address("mail")

    def _customer_number(self):
        return self.sudo().account_id.code

    def _customer_due(self):
        return self.expires_at

    def _customer_name(self):
        return self.sudo().name

    def _customer_link(self):
        base = f"{self.get_base_url()}/my/delegates"
        is_open = self.env.su and self.state == "invited"
        return f"{base}/accept/{self._token()}" if is_open else base

    def _customer_lang(self):
        """Return the delegate's language, or until it is known the holder's."""
        row = self.sudo()
        return row.partner_id.lang or row.holder_id.lang or super()._customer_lang()

    def _holder_name(self):
        return self.sudo().holder_id.name or ""

    def _right_labels(self):
        """Return the rights in words, in the language of the environment."""
        labels = {
            "sees_cases": self.env._("see the cases of the account"),
            "files_cases": self.env._("file cases and answer for the account"),
            "keeps_visits": self.env._("confirm, move and cancel appointments"),
            "sees_money": self.env._("see the compensations of the account"),
        }
        return [label for name, label in labels.items() if self[name]]

    def _rights_line(self):
        return " · ".join(self._right_labels())

    def _short_account(self):
        """Return enough of the account to recognise it before accepting."""
        account = self.sudo().account_id
        return f"{account.code} {account.address_masked or ''}".strip()

    def _tell_invited(self):
        template = self.env.ref("water_service_desk.mail_template_delegate_invitation")
        self.env["water.message"]._queue(template, self)

    def _tell_delegate(self):
        template = self.env.ref("water_service_desk.mail_template_delegate_ended")
        self.env["water.message"]._queue(template, self)

    def _erase_person(self):
        """Remove an erased person's data; the delegation itself stays."""
        self._end("ended", "resigned")
        gone = {"name": GONE, "email": False, "phone": False}
        trusted(self.sudo()).write(gone)
        self._erase_news()

    def _erase_news(self):
        # sudo: water.account.event, mail.mail - of the person who is erased
        events = self.env["water.account.event"].sudo().search([("delegate_id", "in", self.ids)])
        about = Domain("model", "=", self._name) & Domain("res_id", "in", self.ids)
        about |= Domain("model", "=", events._name) & Domain("res_id", "in", events.ids)
        self.env["mail.mail"].sudo().search(about)._erase_sent()

    # -- portal --------------------------------------------------------------------------------
    # Delegates on the pages of their holder, and on their own.

    # -- the holder -------------------------------------------------------------------------

    @api.model
    def _portal_accounts(self, partner):
        """Return the accounts held by ``partner``: delegated ones cannot be passed on."""
        # sudo: water.account - the partner's own
        return self.env["water.account"].sudo().search([("partner_id", "=", partner.id)])

    @api.model
    def _portal_invite(self, values):
        """Invite a delegate as the signed-in holder.

        :param values: {form field: text as typed}
        :raises FilingError: field by field
        :raises TooManyError: after too many invitations today
        :return: the invitation
        """
        partner = self.env.user.partner_id
        vals = self._read_invitation(values, partner)
        self._count_invitation(partner)
        # sudo: water.account.delegate - checked right here
        row = trusted(self.sudo()).create(vals).with_env(self.env).sudo()
        self.env["water.account.event"]._log(row, "invited")
        row._tell_invited()
        return row

    @api.model
    def _count_invitation(self, partner):
        attempts, limit = self.env["water.attempt"], self.env.company.sudo().water_delegate_invites
        attempts._turn("delegate", str(partner.id))
        if attempts._is_over("delegate", str(partner.id), limit):
            raise TooManyError(
                self.env._("You have sent as many invitations today as you may. Try tomorrow.")
            )
        attempts._keep("delegate", str(partner.id), DAY)

    @api.model
    def _read_invitation(self, values, partner):
        errors = {}
        vals = {
            "holder_id": partner.id,
            "account_id": self._read_account(values, partner, errors).id,
            **self._read_person(values, partner, errors),
            **self._read_rights(values, errors),
            **self._read_days(values, errors),
        }
        if errors:
            raise FilingError(errors)
        return vals | self._fresh_invitation()

    @api.model
    def _read_account(self, values, partner, errors):
        number = parse_id(values.get("account_id"))
        account = self._portal_accounts(partner).filtered(lambda row: row.id == number)
        if not account:
            errors["account_id"] = self.env._("Choose one of your accounts.")
        elif self.sudo().search_count(self._open_of(account)) >= MOST:
            errors["account_id"] = self.env._(
                "The number of delegates for this account is reached; revoke one first."
            )
        return account

    @api.model
    def _open_of(self, account):
        return [("account_id", "=", account.id), ("state", "in", OPEN_STATES)]

    @api.model
    def _read_person(self, values, partner, errors):
        name, email, phone = (clean_text(values.get(key)) for key in ("name", "email", "phone"))
        relations = dict(self._fields["relation"].selection)
        relation = clean_text(values.get("relation"))
        if not name or len(name) > LONGEST_NAME:
            errors["name"] = self.env._("Write the name, of at most %s characters.", LONGEST_NAME)
        if relation not in relations:
            errors["relation"] = self.env._("Choose what this person is to you.")
        errors |= self._reach_faults(email, phone, partner)
        return {"name": name, "relation": relation, "email": email, "phone": phone}

    @api.model
    def _reach_faults(self, email, phone, partner):
        """Return the faults of the invited addresses: {field: message}."""
        if email and (len(email) > LONGEST_EMAIL or not single_email_re.fullmatch(email)):
            return {"email": self.env._("Please check the email address.")}
        if email and email.lower() == (partner.email or "").lower():
            return {"email": self.env._("This is your own address: invite another person.")}
        if phone and (len(phone) > LONGEST_PHONE or not self._is_phone(phone)):
            return {"phone": self.env._("Please check the number of the mobile telephone.")}
        if email or (phone and self._has_sms()):
            return {}
        if phone:
            return {
                "email": self.env._(
                    "We cannot send text messages at present. Please enter an email address."
                )
            }
        return {"email": self.env._("Please enter an email address or a mobile number.")}

    @api.model
    def _is_phone(self, phone):
        return (self.env.company.sudo()._water_phone(phone) or "").startswith("+")

    @api.model
    def _has_sms(self):
        company = self.env.company
        return ("sms", company) in self.env["water.gateway"]._usable(company)

    @api.model
    def _read_rights(self, values, errors):
        rights = {name: values.get(name) == "1" for name in RIGHTS}
        if not any(rights.values()):
            errors["rights"] = self.env._("Choose at least one thing that this person may do.")
        return rights

    @api.model
    def _read_days(self, values, errors):
        days = {}
        for name in ("date_from", "date_until"):
            text = clean_text(values.get(name))
            try:
                days[name] = date.fromisoformat(text) if text else False
            except ValueError:
                days[name] = False
                errors[name] = self.env._("Enter a date, such as 2026-10-13.")
        today = self._today()
        begin = days["date_from"] = days["date_from"] or today
        if begin < today or begin > today + 365 * DAY:
            errors["date_from"] = self.env._("Choose a first day within the next year.")
        elif days["date_until"] and days["date_until"] < begin:
            errors["date_until"] = self.env._("The last day lies before the first.")
        return days

    # -- what both do -----------------------------------------------------------------------

    @api.model
    def _portal_find(self, number):
        partner = self.env.user.partner_id
        own = Domain("holder_id", "=", partner.id) | Domain("partner_id", "=", partner.id)
        # sudo: water.account.delegate - those of the person alone
        rows = self.sudo()
        known = parse_id(number)
        return rows.search(own & Domain("id", "=", known), limit=1) if known else rows.browse()

    def _portal_do(self, action):
        """Do a button's action: ``revoke``, ``again`` or ``resign``.

        :raises WrongStateError: if it has ended meanwhile, or is not the user's to decide
        """
        self.ensure_one()
        if action not in self._portal_choices():
            raise WrongStateError(self.env._("This is no longer possible."))
        if action == "again":
            self._invite_again()
        elif action == "revoke":
            self._end("revoked", "revoked")
        else:
            self._end("resigned", "resigned")

    def _portal_choices(self):
        partner = self.env.user.partner_id
        if self.holder_id == partner and self.state in OPEN_STATES:
            return ("revoke", "again") if self.state == "invited" else ("revoke",)
        return ("resign",) if self.partner_id == partner and self.state == "active" else ()

    def _invite_again(self):
        """Send a new link; the old one becomes invalid."""
        if not self._still_holds():
            raise WrongStateError(self.env._("You are no longer the holder of this account."))
        self._count_invitation(self.env.user.partner_id)
        trusted(self).write(self._fresh_invitation())
        self.env["water.account.event"]._log(self, "invited_again")
        self._tell_invited()

    def _still_holds(self):
        account = self.account_id
        return account.active and account.partner_id == self.holder_id and self.holder_id.active

    # -- the invited person -----------------------------------------------------------------

    @api.model
    def _of_token(self, token):
        """Return the open invitation of a link with sudo; empty for an invalid or used one.

        :param token: from the URL, any value
        """
        rows = self.sudo()
        try:
            claims = verify_hash_signed(self.env(su=True), SCOPE, clean_text(token, 500))
        except ValueError:  # no token at all
            claims = None
        if not claims:
            return rows.browse()
        row = rows.browse(claims[0]).exists()
        fits = row.state == "invited" and row.nonce and row.nonce == claims[1]
        fresh = fits and row.expires_at > fields.Datetime.now()
        return row if fresh and row._still_holds() else rows.browse()

    def _portal_answer(self, accepts, code=""):
        """Accept or decline as the signed-in invited person.

        :param code: as sent to the invited address and typed
        :raises UserError: for staff, for the holder, and without the code
        """
        self, user = self.sudo(), self.env.user
        if not user._is_portal():
            raise UserError(
                self.env._("Sign in with your customer login: staff cannot act for accounts.")
            )
        if user.partner_id == self.holder_id:
            raise UserError(
                self.env._("This is your own account: the person you have invited has to accept.")
            )
        if not accepts:
            self._end_invitation("declined")
            return
        self._check_proof(code)
        self._replace_older(user.partner_id)
        now = fields.Datetime.now()
        self._move("active", "accepted", partner_id=user.partner_id.id, accepted_at=now)

    def _end_invitation(self, kind):
        self._move("declined", kind, ended_at=fields.Datetime.now())

    def _replace_older(self, partner):
        """Revoke older delegations of a person who accepts a new one."""
        older = self.search([*self._open_of(self.account_id), ("partner_id", "=", partner.id)])
        if older:
            older._move("revoked", "replaced", ended_at=fields.Datetime.now())
            older.flush_recordset()  # before another one is in force, or the database objects

    # -- what they read ---------------------------------------------------------------------

    def _portal_status(self):
        """How it stands, in words for customers."""
        if self.state == "active" and self.date_from > self._today():
            return self.env._("accepted, not begun yet")
        if self.is_over:
            return self.env._("run out")
        return {
            "invited": self.env._("invited, not accepted yet"),
            "active": self.env._("in force"),
            "declined": self.env._("declined"),
            "revoked": self.env._("revoked"),
            "resigned": self.env._("given up"),
            "ended": self.env._("ended with the account"),
        }[self.state]

    def _portal_days(self):
        """Return the period in the reader's language."""
        begin, end = (day_text(day) for day in (self.date_from, self.date_until))
        if not end:
            return self.env._("from %s until it is revoked", begin)
        return self.env._("from %(begin)s until %(end)s", begin=begin, end=end)

    def _portal_card(self):
        """Plain values of one delegation."""
        relations = dict(self._fields["relation"]._description_selection(self.env))
        holder = self.holder_id == self.env.user.partner_id
        card = {
            "id": self.id,
            "name": self.name if holder else self._holder_name(),
            "login": self.partner_id.name or "" if holder else "",
            "relation": relations[self.relation] if holder else "",
            "account": self.account_id.code,
            "address": self._account_address(),
            "rights": self._right_labels(),
            "days": self._portal_days(),
            "status": self._portal_status(),
            "in_force": self._is_in_force(),
            "is_open": self.state in OPEN_STATES and not self.is_over,
            "can": self._portal_choices(),
        }
        if self.proof == "invited" or not card["relation"]:
            return card
        proofs = dict(self._fields["proof"]._description_selection(self.env))
        return card | {"relation": proofs[self.proof]}

    def _account_address(self):
        """Return the address; masked before the acceptance and after the end."""
        account = self.account_id
        own = account.partner_id == self.env.user.partner_id
        return account.address if own or self._is_in_force() else account.address_masked

    @api.model
    def _portal_overview(self):
        """Return the content of the page: own delegates, own delegations, and their acts."""
        partner = self.env.user.partner_id
        # sudo: water.account.delegate, account - those of the person alone
        rows = self.sudo()
        named = rows.search([("holder_id", "=", partner.id)], limit=100)
        acting = rows.search([("partner_id", "=", partner.id)], limit=100)
        events = self.env["water.account.event"].sudo()
        told = [("delegate_id", "in", named.ids), ("kind", "!=", "erased")]
        news = events.search(told, limit=20)
        return {
            "accounts": [
                (str(row.id), row.code, row.address) for row in self._portal_accounts(partner)
            ],
            "named": [
                row._portal_card() for row in named.sorted(lambda row: row.state != "active")
            ],
            "acting": [row._portal_card() for row in acting],
            "news": [row._portal_line() for row in news],
            "relations": self._fields["relation"]._description_selection(self.env),
            "has_sms": self._has_sms(),
        }

    # -- proof ---------------------------------------------------------------------------------
    # Proving that the user of an invitation's link is the invited person.
    #
    # Links are forwarded, stored in histories and read by others: a code goes to the address
    # entered by the holder, and the accepting user must have read it there.

    def _is_invited_login(self):
        login, address = (self.env.user.login or "").lower(), (self.sudo().email or "").lower()
        return bool(address) and login == address

    def _send_proof(self):
        """Send a fresh code to the invited address; one before is void.

        :raises TooManyError: after some in an hour
        """
        self.ensure_one()
        mine, all_ = self._proof_limits("delegate_code", MOST_CODES)
        attempts = self.env["water.attempt"]
        if attempts._is_over(*all_) or not attempts._take(*mine):
            raise TooManyError(self.env._("Enough codes were sent. Try again in an hour."))
        attempts._keep(*all_[:2])
        until = fields.Datetime.now() + PROOF_LASTS
        # sudo: water.account.delegate - written by this service alone
        row = trusted(self.sudo())
        row.write({"proof_salt": secrets.token_hex(16), "proof_until": until})
        template = self.env.ref("water_service_desk.mail_template_delegate_code")
        self.env["water.message"]._queue(template, row)

    def _proof_limits(self, kind, most):
        """Return ``(kind, key, limit)`` for the present user, and for all users with the link."""
        mine = (kind, f"{self.id},{self.env.uid}", most)
        return mine, (f"{kind}_all", str(self.id), most * ALL)

    def _secrets_of_message(self):
        """Return the valid code as a word to hide in logs."""
        row = self.sudo()
        lasts = row.proof_salt and row.proof_until and row.proof_until > fields.Datetime.now()
        return super()._secrets_of_message() | ({"code": row._proof_code()} if lasts else {})

    def _proof_code(self):
        """Return the six digits of the last code; a draft of staff has none."""
        if not self.env.su:
            return HIDDEN
        row = self.sudo()
        digest = hmac(self.env(su=True), SCOPE, f"{row.id}:{row.nonce}:{row.proof_salt}")
        return f"{int(digest[:12], 16) % 1_000_000:06}"

    def _check_proof(self, code):
        """Take a code once it fits.

        :param code: as typed
        :raises TooManyError: after some wrong ones
        :raises UserError: when it does not fit, was never sent or has lapsed
        """
        if self._is_invited_login():
            return
        row = self.sudo()
        attempts, limits = self.env["water.attempt"], self._proof_limits("delegate_try", MOST_TRIES)
        attempts._turn("delegate_try", str(self.id))
        if any([attempts._is_over(*limit) for limit in limits]):
            raise TooManyError(self.env._("Too many wrong codes. Try again in an hour."))
        lasts = row.proof_salt and row.proof_until and row.proof_until > fields.Datetime.now()
        typed = "".join(clean_text(code, 20).split())
        if not (lasts and consteq(typed.encode(), row._proof_code().encode())):
            for kind, who, _most in limits:
                attempts._keep(kind, who)
            raise UserError(
                self.env._("This is not the code that was sent last, or it has lapsed.")
            )
        trusted(row).write({"proof_salt": False, "proof_until": False})
