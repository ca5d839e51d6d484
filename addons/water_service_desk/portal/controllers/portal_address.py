from werkzeug.exceptions import BadRequest

from odoo.http import route

from odoo.addons.portal.controllers.portal import CustomerPortal

#: Arguments of Odoo's form that no form of it sends: one lets whoever adds it skip the checks of
#: the address, the other is taken for a context by Odoo's translations.
NOT_ASKED = frozenset({"verify_address_values", "context"})


class WaterPortalAddress(CustomerPortal):
    """Odoo's form of an address: what it cannot read is refused and not a fault of the server."""

    @route()
    def portal_address(self, **kw):
        """Show the form."""
        return self._water_read(super().portal_address, kw)

    @route()
    def portal_address_submit(self, **kw):
        """Save the form."""
        return self._water_read(super().portal_address_submit, kw)

    def _water_read(self, page, given):
        """:raises BadRequest: for numbers and ticks that are none"""
        try:
            return page(**{name: given[name] for name in given.keys() - NOT_ASKED})
        except ValueError as error:
            raise BadRequest(str(error)) from error
