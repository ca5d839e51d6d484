from odoo.http import request, route

from odoo.addons.account.controllers.portal import PortalAccount
from odoo.addons.water_complaints.complaint.controllers.portal import WaterComplaintPortal


class WaterCompensationPortal(WaterComplaintPortal):
    """The customer's compensations: what for, how much, and whether it is paid."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        return values | self._water_counts(counters, compensation="water.compensation")

    @route(
        ["/my/compensations", "/my/compensations/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def compensations(self, page=1, **kw):
        """The customer's compensations."""
        template = "water_compensation.portal_compensations"
        return self._water_list("water.compensation", page, kw, template)


class WaterInvoicePortal(PortalAccount):
    """The customer's bills, which tell of the compensation they carry."""

    @route()
    def portal_my_invoices(self, **kw):
        """The list, in the face of the pages around it."""
        return self._water_dress(super().portal_my_invoices(**kw), request.env._("My bills"))

    def _invoice_get_page_view_values(self, invoice, access_token, **kwargs):
        values = super()._invoice_get_page_view_values(invoice, access_token, **kwargs)
        # the link of a bill may be passed on: compensations are shown to their owner only
        rows = request.env["water.compensation"]._portal_of_invoice(invoice)
        return values | {"water_compensations": rows._portal_rows()}
