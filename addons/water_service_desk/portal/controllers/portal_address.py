from werkzeug.exceptions import BadRequest

from odoo.http import request, route

from .portal import WaterPortal

#: Arguments of Odoo's form that no form of it sends: one lets whoever adds it skip the checks of
#: the address, the other is taken for a context by Odoo's translations.
NOT_ASKED = frozenset({"verify_address_values", "context"})


class WaterPortalAddress(WaterPortal):
    """Odoo's pages of a person and his addresses, in the face of the pages around them.

    What they cannot read is refused and not a fault of the server.
    """

    @route()
    def account(self, **kwargs):
        """Who he is, and how he is reached."""
        return self._water_dress(super().account(**kwargs), request.env._("My details"))

    @route()
    def my_addresses(self, **query_params):
        """His addresses."""
        response = super().my_addresses(**query_params)
        return self._water_dress(response, request.env._("My addresses"))

    @route()
    def portal_address(self, **kw):
        """Show the form."""
        response = self._water_read(super().portal_address, kw)
        return self._water_dress(response, request.env._("My addresses"))

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
