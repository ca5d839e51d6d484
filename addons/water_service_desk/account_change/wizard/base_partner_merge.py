from odoo import models
from odoo.exceptions import UserError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merging contacts gives accounts another holder past all checks: it is kept as a change."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Merge, and keep what that means for accounts and money.

        :raises UserError: for a member of staff and a contact that money may go to
        """
        # sudo: res.partner, water.account - whether they hold accounts is asked for every user
        partners = self.env["res.partner"].sudo().browse(partner_ids).exists()
        paid = partners._water_paid()
        if len(partners) < 2 or not paid:
            return super()._merge(partner_ids, dst_partner, extra_checks)
        if any(not partner.partner_share for partner in partners):
            raise UserError(
                self.env._("A member of staff is not merged with a contact that may be paid.")
            )
        self._check_logins(partners, paid)
        former = {partner.id: partner._water_former() for partner in paid}
        names = {partner.id: partner.display_name for partner in paid}
        links = {partner.id: partner._water_change_links() for partner in paid}
        done = super()._merge(partner_ids, dst_partner, extra_checks)
        self.env.invalidate_all()
        left = partners.exists()
        rows = [
            {
                **former[number],
                **link,
                "partner_id": left.id,
                "names": "partner_id",
                "before": names[number],
                "after": left.display_name,
                "is_staff": bool(left._water_staff_behind()),
            }
            for number in former
            for link in links[number]
            if number != left.id
        ]
        self.env["water.account.change"]._keep("merged", rows)
        return done

    def _check_logins(self, partners, paid):
        """Refuse merges that would give a login access to another customer's accounts.

        :param paid: those of the contacts that hold accounts, or wait for money
        :raises UserError: for such a login
        """
        known = partners.filtered("user_ids")
        if known and paid - known:
            raise UserError(
                self.env._(
                    "%(contact)s signs in, and this login would open the accounts of the other"
                    " contact. Have the customer bind the account on their pages, or enter them as"
                    " its holder.",
                    contact=known[:1].display_name,
                )
            )
