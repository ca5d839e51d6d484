from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain

#: By what two contacts are the same person or household, besides their banks.
MARKS = ("phone_sanitized", "email_normalized", "street")


class ResPartner(models.Model):
    """Whether contacts are, or seem to be, members of staff: by phone, mail, street or bank."""

    _inherit = "res.partner"

    def _water_same_payee(self):
        """Return all contacts that the books pay as one with these.

        Entries and bank accounts belong to the commercial contact, so this is that contact and
        everything below it. Bars, freezes, sums and account checks all ask here.
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
        """The users among the staff whom the contacts are, or share a mark with."""
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
        """{address: res.users of the staff who live there}, by the words of the address alone."""
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
        """Domain of colleagues who are these contacts, or share a mark with one of them."""
        shared = Domain("id", "in", self.ids)
        for name in MARKS:
            shared |= Domain(name, "in", [text for text in self.mapped(name) if text])
        banks = [number for number in self.bank_ids.mapped("sanitized_acc_number") if number]
        shared |= Domain("bank_ids.sanitized_acc_number", "in", banks)
        return Domain("partner_share", "=", False) & shared
