from werkzeug.exceptions import BadRequest

from odoo.http import request, route

from .portal import WaterPortal

#: Arguments of Odoo's form that no form sends: one skips the checks of the address, the other is
#: taken for a context by Odoo's translations.
NOT_ASKED = frozenset({"verify_address_values", "context"})
#: Longest texts of an address in characters: letters and lists show them.
LONGEST = {"name": 200, "email": 200, "phone": 40, "street": 300, "street2": 300, "city": 100}
LONGEST |= {"zip": 20, "company_name": 200}


class WaterPortalAddress(WaterPortal):
    """Odoo's pages of a person and addresses, in our design.

    Unreadable values are refused instead of causing a server error.
    """

    @route()
    def account(self, **kwargs):
        """Show and change the person's data."""
        return self._water_dress(super().account(**kwargs), request.env._("My details"))

    @route()
    def my_addresses(self, **query_params):
        """List the addresses."""
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
        """Check numbers and ticks.

        :raises BadRequest: for invalid ones
        """
        try:
            return page(**{name: given[name] for name in given.keys() - NOT_ASKED})
        except ValueError as error:
            raise BadRequest(str(error)) from error

    def _validate_address_values(self, address_values, partner_sudo, *args, **kwargs):
        """Require addresses and numbers by which our customers can be reached."""
        found = super()._validate_address_values(address_values, partner_sudo, *args, **kwargs)
        if not request.env["water.intake"]._portal_is_customer():
            return found
        invalid, missing, messages = found
        fresh = {
            name: value
            for name, value in address_values.items()
            if name in LONGEST and value and value != partner_sudo[name]
        }
        faults = self._water_address_faults(fresh, partner_sudo)
        return invalid | faults.keys(), missing, [*messages, *faults.values()]

    def _water_address_faults(self, fresh, partner):
        """Return {field: message} of changed fields.

        :param fresh: {field: text}
        :param partner: whose address it is, if not a new one
        """
        env = request.env
        labels = {name: env["res.partner"]._fields[name]._description_string(env) for name in fresh}
        faults = {
            name: env._(
                "Please shorten “%(field)s” to %(most)s characters.",
                field=labels[name],
                most=LONGEST[name],
            )
            for name, text in fresh.items()
            if len(text) > LONGEST[name]
        }
        phone = fresh.get("phone") if "phone" not in faults else None
        if phone and not env["water.case.mixin"]._is_phone(phone, partner):
            faults["phone"] = env._(
                "Please check the number: a mobile number, or a landline with its area code."
            )
        return faults
