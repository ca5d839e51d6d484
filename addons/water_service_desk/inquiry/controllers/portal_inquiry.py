from odoo.http import route

from ...portal.controllers.portal import WaterPortal
from ...portal.reading import by_get


class WaterInquiryPortal(WaterPortal):
    """The customer's inquiries: ask, follow, answer, settle."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        return values | self._water_counts(counters, inquiry="water.inquiry")

    @route(
        ["/my/inquiries", "/my/inquiries/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def inquiries(self, page=1, **kw):
        """The customer's inquiries."""
        return self._water_list("water.inquiry", page, kw)

    @route(
        "/my/inquiries/new",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        water_upload=True,
        readonly=by_get,
    )
    def inquiry_new(self, **kw):
        """Ask a question."""
        return self._water_new("water.inquiry", kw)

    @route(
        "/my/inquiries/<int:case_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def inquiry(self, case_id, **kw):
        """Follow one inquiry."""
        return self._water_page("water.inquiry", case_id, kw)

    @route(
        "/my/inquiries/<int:case_id>/<string:action>",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        water_upload=True,
    )
    def inquiry_action(self, case_id, action, **kw):
        """Do the step that a form on the page of one inquiry asks for."""
        return self._water_action("water.inquiry", case_id, action, kw)

    @route(
        "/my/inquiries/<int:case_id>/file/<int:attachment_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def inquiry_file(self, case_id, attachment_id, **kw):
        """Download a published file of one inquiry."""
        return self._water_file("water.inquiry", case_id, attachment_id)
