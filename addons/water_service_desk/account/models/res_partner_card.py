from odoo import api, models
from odoo.exceptions import AccessError

#: What stands on a card.
ON_CARD = ("name", "phone", "email", "street")


class ResPartner(models.Model):
    """Contacts that leave by other ways than lists, or are shown by others than pages (S2.2.4)."""

    _inherit = "res.partner"

    def _get_vcard_file(self):
        """A customer's card is an export: kept, and for those alone whose lists leave unmasked.

        :raises AccessError: for whoever takes customers out masked
        """
        customers = self.browse(self._seen_customers(self.ids))
        if customers and self.env.user._is_internal():
            export = self.env["water.export"]
            if export._masks_of(customers, ON_CARD):
                raise AccessError(
                    self.env._("Contacts leave the house in masked lists, not as cards.")
                )
            export._keep_export(customers, ON_CARD, False)
            customers._note_seen(customers.ids, ON_CARD)
        return super()._get_vcard_file()

    @api.model
    def _search_mention_suggestions(self, domain, limit, extra_domain=None):
        """Whoever looks for somebody to mention is shown names and addresses."""
        found = super()._search_mention_suggestions(domain, limit, extra_domain)
        self._note_seen(found.ids, ["name", "email"])
        return found
