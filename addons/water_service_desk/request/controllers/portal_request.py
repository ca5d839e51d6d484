from odoo.http import request, route

from ...portal.controllers.portal import WaterPortal
from ...portal.reading import by_get


class WaterRequestPortal(WaterPortal):
    """The customer's requests and repairs: file, follow, acknowledge, confirm and rate."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        return values | self._water_counts(counters, request="water.request")

    @route(
        ["/my/requests", "/my/requests/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def requests(self, page=1, **kw):
        """The customer's requests."""
        return self._water_list("water.request", page, kw)

    @route(
        "/my/requests/new",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        water_upload=True,
        readonly=by_get,
    )
    def request_new(self, **kw):
        """Report a fault or apply for a business."""
        request.update_context(water_request_type=kw.get("type"))
        return self._water_new("water.request", kw)

    @route(
        "/my/requests/<int:case_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def request_page(self, case_id, **kw):
        """Follow one request."""
        return self._water_page("water.request", case_id, kw)

    @route(
        "/my/requests/<int:case_id>/<string:action>",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        water_upload=True,
    )
    def request_action(self, case_id, action, **kw):
        """Do the step that a form on the page of one request asks for."""
        return self._water_action("water.request", case_id, action, kw)

    @route(
        "/my/requests/<int:case_id>/file/<int:attachment_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def request_file(self, case_id, attachment_id, **kw):
        """Download a published file of one request."""
        return self._water_file("water.request", case_id, attachment_id)

    @route(
        "/my/requests/<int:case_id>/letter/<int:notice_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def request_letter(self, case_id, notice_id, **kw):
        """Download the letter of a notice that was handed out."""
        case = request.env["water.request"]._portal_find(case_id)
        return self._water_send(case and case._portal_letter(notice_id))
