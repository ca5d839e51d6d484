from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...base.trust import is_trusted
from .water_account_change import CONTACT, REACH

#: Fields by which two contacts are the same person or household, besides their banks.
MARKS = ("phone_sanitized", "email_normalized", "street")


class ResPartner(models.Model):
    """Contact data of payees, whose changes another person confirms."""

    _inherit = "res.partner"

    def write(self, vals):
        """Log changes to contacts that receive money, at every door."""
        names = [name for name in CONTACT if name in vals]
        if not names or is_trusted(self.env):
            return super().write(vals)
        # sudo: res.partner, water.account - whether they hold accounts is asked for every editor
        paid = self.sudo()._water_paid() | self.sudo()._water_signing_in()
        before = {partner: (partner._water_texts(), partner._water_former()) for partner in paid}
        done = super().write(vals)
        rows = []
        for partner, (texts, former) in before.items():
            if partner.email != former["old_email"] and not partner._water_is_trusted_hand():
                partner.signup_type = False  # a link that waits is not sent again to there
            rows += partner._water_contact_changes(texts, former)
        self.env["water.account.change"]._keep("contact", rows)
        return done

    def _water_paid(self):
        """Return the contacts that money may go to; other addons add theirs."""
        same = self._water_same_payee()
        accounts = self.env["water.account"].search([("partner_id", "in", same.ids)])
        return self & self._water_with_books(accounts.partner_id)

    @api.model
    def _water_with_books(self, payees):
        return payees | payees.commercial_partner_id

    def _water_signing_in(self):
        """Return customers with a login edited by another user: password links go to them."""
        mine = self.filtered(lambda row: row.user_ids and not row._water_is_trusted_hand())
        return mine.filtered("water_is_customer")

    def _water_is_trusted_hand(self, user=None):
        """Return whether the contact, the system or an administrator of logins edits it.

        :param user: the editor; by default the present user
        """
        user = (user or self.env.user).sudo()
        is_system = user.id == SUPERUSER_ID or user.has_group("base.group_erp_manager")
        return is_system or user in self.sudo().user_ids

    def signup_prepare(self, signup_type="signup"):
        """Refuse to send a sign-up link to an unconfirmed address entered by another user.

        :raises UserError: until a second person has confirmed it
        """
        if any(partner._water_is_doubted("email") for partner in self):
            words = self.env._(
                "This mail address was changed by another person and not confirmed by a second one "
                "yet: until then it receives no sign-in links."
            )
            raise UserError(words)
        return super().signup_prepare(signup_type=signup_type)

    def _water_is_doubted(self, name):
        """Return whether another user changed an address without a confirmation.

        :param name: of the field; links sent there give access
        """
        # sudo: water.account.change - the author of the change stays internal
        changes = self.env["water.account.change"].sudo()
        kept = changes.search([("partner_id", "=", self.id), ("kind", "=", "contact")])
        last = kept.filtered(lambda row: name in (row.names or "").split(","))[:1]
        return last.state == "waiting" and not self._water_is_trusted_hand(last.user_id)

    def _water_texts(self):
        return {
            name: (self[name].display_name if self._fields[name].relational else self[name]) or ""
            for name in CONTACT
        }

    def _water_former(self):
        """Return the present addresses, for the message after a change."""
        return {"partner_id": self.id, "old_email": self.email, "old_phone": self.phone}

    def _water_contact_changes(self, texts, former):
        """Return the values of contact changes, one for each account of the contact.

        The first address of a contact without any is no change.
        """
        now = self._water_texts()
        names = [name for name in CONTACT if now[name].strip() != texts[name].strip()]
        if not (self.user_ids or any(texts[name] for name in REACH)):
            names = [name for name in names if texts[name]]
        if not names:
            return []
        values = {
            **former,
            "names": ",".join(names),
            "before": self._water_lines(texts, names),
            "after": self._water_lines(now, names),
            "is_staff": bool(self._water_staff_behind()),
        }
        return [{**values, **link} for link in self._water_change_links()]

    def _water_lines(self, texts, names):
        labels = [self._fields[name]._description_string(self.env) for name in names]
        pairs = zip(labels, names, strict=True)
        return "\n".join(f"{label}: {texts[name] or '-'}" for label, name in pairs)

    def _water_change_links(self):
        accounts = self.env["water.account"].sudo().search([("partner_id", "=", self.id)])
        links = [{"account_id": row.id, "company_id": row.company_id.id} for row in accounts]
        company = self.company_id or self.env.company
        return links or [{"account_id": False, "company_id": company.id}]

    def _erasure_places(self):
        """Search changes of accounts for an erased contact as well."""
        return super()._erasure_places() | {"water.account.change": ("before", "after")}

    def _erase_around(self, scrubber, reason):
        super()._erase_around(scrubber, reason)
        changes = self.env["water.account.change"].search([("partner_id", "=", self.id)])
        changes._erase_person()

    # -- marks ---------------------------------------------------------------------------------
    # Whether contacts are, or seem to be, members of staff: by phone, mail, street or bank.

    def _water_same_payee(self):
        """Return all contacts that the books pay as one with these.

        Entries and bank accounts belong to the commercial contact, so this is that contact and
        everything below it. Bars, freezes, sums and account checks all use this method.
        """
        # sudo: res.partner - contacts are compared, never shown
        payees = self.sudo().commercial_partner_id
        every = self.sudo().with_context(active_test=False)
        below = every.search([("commercial_partner_id", "in", payees.ids)])
        return (below | payees | self.sudo()).with_env(self.env)

    def _water_is_same_payee(self, other):
        """Return whether the books pay one of these and one of ``other`` as one."""
        return bool(self.sudo().commercial_partner_id & other.sudo().commercial_partner_id)

    def _water_staff_behind(self):
        # sudo: res.partner, res.partner.bank - marks are compared, never shown
        own = self.sudo()
        return own._water_staff_by_contact(own)[own]

    def _water_staff_by_contact(self, *groups):
        """{contacts: res.users of the staff} of groups of contacts, found together.

        :param groups: res.partner recordsets, all of them among these
        """
        everybody = self._water_same_payee()
        staff = self.search(everybody._water_shared_with_staff())
        marks = {partner: partner._water_marks() for partner in everybody | staff}
        contacts, found = everybody.grouped("commercial_partner_id"), {}
        for group in groups:
            paid = group.union(*(contacts[payee] for payee in group.commercial_partner_id))
            own = set().union(*(marks[partner] for partner in paid))
            seen = staff.filtered(
                lambda partner, paid=paid, own=own: partner in paid or marks[partner] & own
            )
            found[group] = seen._water_colleagues()
        return found

    @api.model
    def _water_staff_at(self, addresses):
        """Return {address: res.users of the staff living there}, compared by the text of the
        address.
        """
        texts = [text for text in addresses if text]
        # sudo: res.partner - addresses are compared, never shown
        people = self.sudo().search([("partner_share", "=", False), ("street", "in", texts)])
        return {text: rows._water_colleagues() for text, rows in people.grouped("street").items()}

    def _water_colleagues(self):
        return self.user_ids.filtered(lambda user: not user.share and user.id != SUPERUSER_ID)

    def _water_marks(self):
        marks = {(name, self[name].strip().casefold()) for name in MARKS if self[name]}
        return marks | {("bank", bank.sanitized_acc_number) for bank in self.bank_ids}

    def _water_shared_with_staff(self):
        shared = Domain("id", "in", self.ids)
        for name in MARKS:
            shared |= Domain(name, "in", [text for text in self.mapped(name) if text])
        banks = [number for number in self.bank_ids.mapped("sanitized_acc_number") if number]
        shared |= Domain("bank_ids.sanitized_acc_number", "in", banks)
        return Domain("partner_share", "=", False) & shared

    # -- bank ----------------------------------------------------------------------------------

    def _water_bank_changes(self, texts):
        rows = []
        for partner in self._water_same_payee()._water_paid():
            staff = bool(partner._water_staff_behind())
            values = {**partner._water_former(), **texts, "is_staff": staff}
            rows += [{**values, **link} for link in partner._water_change_links()]
        return rows
