from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.mail import single_email_re
from odoo.tools.misc import verify_hash_signed

from ...base.moments import day_text
from ...base.trust import trusted
from ...intake.filing import FilingError, TooManyError, WrongStateError, clean_text, parse_id
from ..delegation import OPEN_STATES, RIGHTS, SCOPE

#: More people than that act for no account at a time.
MOST = 20
LONGEST_NAME, LONGEST_EMAIL, LONGEST_PHONE = 80, 200, 40
DAY = timedelta(days=1)


class WaterAccountDelegate(models.Model):
    """Delegates on the pages of the holder who names them, and of those who act for him."""

    _inherit = "water.account.delegate"

    # -- the holder -------------------------------------------------------------------------

    @api.model
    def _portal_accounts(self, partner):
        """The accounts whose holder ``partner`` is himself; nobody passes on what he acts for."""
        # sudo: water.account - narrowed to his own
        return self.env["water.account"].sudo().search([("partner_id", "=", partner.id)])

    @api.model
    def _portal_invite(self, values):
        """The signed-in holder invites somebody.

        :param values: {form field: text as typed}
        :raises FilingError: field by field
        :raises TooManyError: when he has invited too many people today
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
                "So many people act for this account already; revoke somebody first."
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
        """What is wrong with the ways to reach the invited person: {field: message}."""
        if email and (len(email) > LONGEST_EMAIL or not single_email_re.fullmatch(email)):
            return {"email": self.env._("Please check the mail address.")}
        if email and email.lower() == (partner.email or "").lower():
            return {"email": self.env._("This is your own address: invite somebody else.")}
        if phone and (len(phone) > LONGEST_PHONE or not self._is_phone(phone)):
            return {"phone": self.env._("Please check the number of the mobile telephone.")}
        if email or (phone and self._has_sms()):
            return {}
        if phone:
            return {"email": self.env._("We cannot send text messages now: give a mail address.")}
        return {"email": self.env._("Give a mail address or a mobile number.")}

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
        """One of the delegations that concern the signed-in user, with sudo; or nothing.

        :param number: from the URL, anything
        """
        partner = self.env.user.partner_id
        own = Domain("holder_id", "=", partner.id) | Domain("partner_id", "=", partner.id)
        # sudo: water.account.delegate - narrowed to those of the person himself
        rows = self.sudo()
        known = parse_id(number)
        return rows.search(own & Domain("id", "=", known), limit=1) if known else rows.browse()

    def _portal_do(self, action):
        """What a button of the list does: ``revoke``, ``again`` or ``resign``.

        :raises WrongStateError: when it has ended meanwhile, or is not his to decide
        """
        self.ensure_one()
        if action not in self._portal_choices():
            raise WrongStateError(self.env._("This is not possible any more."))
        if action == "again":
            self._invite_again()
        elif action == "revoke":
            self._end("revoked", "revoked")
        else:
            self._end("resigned", "resigned")

    def _portal_choices(self):
        """The actions that are open to the signed-in user."""
        partner = self.env.user.partner_id
        if self.holder_id == partner and self.state in OPEN_STATES:
            return ("revoke", "again") if self.state == "invited" else ("revoke",)
        return ("resign",) if self.partner_id == partner and self.state == "active" else ()

    def _invite_again(self):
        """A new link; the one before is void."""
        if not self._still_holds():
            raise WrongStateError(self.env._("You are not the holder of this account any more."))
        self._count_invitation(self.env.user.partner_id)
        trusted(self).write(self._fresh_invitation())
        self.env["water.account.event"]._log(self, "invited_again")
        self._tell_invited()

    def _still_holds(self):
        """Whether who has invited is still the holder of an open account."""
        account = self.account_id
        return account.active and account.partner_id == self.holder_id and self.holder_id.active

    # -- the invited person -----------------------------------------------------------------

    @api.model
    def _of_token(self, token):
        """The open invitation of a link, with sudo; nothing for a void, used or old one.

        :param token: from the URL, anything
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
        """The invited person, signed in with a login of his own, accepts or declines.

        :param code: that was sent to the invited address, as typed
        :raises UserError: for staff, for the holder himself, and without the code
        """
        self, user = self.sudo(), self.env.user
        if not user._is_portal():
            raise UserError(
                self.env._("Sign in with your login as a customer: staff act for nobody's account.")
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
        """Whoever accepts anew acts by the new delegation alone."""
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
        """From when until when, in the reader's language."""
        begin, end = (day_text(day) for day in (self.date_from, self.date_until))
        if not end:
            return self.env._("from %s until it is revoked", begin)
        return self.env._("from %(begin)s until %(end)s", begin=begin, end=end)

    def _portal_card(self):
        """Plain values of one delegation."""
        relations = dict(self._fields["relation"]._description_selection(self.env))
        holder = self.holder_id == self.env.user.partner_id
        return {
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

    def _account_address(self):
        """Whole for whom it is open to; masked before he has accepted and after it has ended."""
        account = self.account_id
        own = account.partner_id == self.env.user.partner_id
        return account.address if own or self._is_in_force() else account.address_masked

    @api.model
    def _portal_overview(self):
        """What the page shows: whom the user has named, for whom he acts, what they did."""
        partner = self.env.user.partner_id
        # sudo: water.account.delegate, account - narrowed to those of the person himself
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
