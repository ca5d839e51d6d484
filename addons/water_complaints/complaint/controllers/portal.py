from odoo.http import route

from odoo.addons.water_service_desk.portal.controllers.portal import WaterPortal


class WaterComplaintPortal(WaterPortal):
    """The customer's complaints: follow them, and add to them."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        return values | self._water_counts(counters, complaint="water.complaint")

    @route(
        ["/my/complaints", "/my/complaints/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def complaints(self, page=1, **kw):
        """The customer's complaints."""
        return self._water_list("water.complaint", page, kw)

    @route(
        "/my/complaints/<int:case_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def complaint(self, case_id, **kw):
        """Follow one complaint."""
        return self._water_page("water.complaint", case_id, kw)

    @route(
        "/my/complaints/<int:case_id>/<string:action>",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        water_upload=True,
    )
    def complaint_action(self, case_id, action, **kw):
        """Do the step that a form on the page of one complaint asks for."""
        return self._water_action("water.complaint", case_id, action, kw)

    @route(
        "/my/complaints/<int:case_id>/file/<int:attachment_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def complaint_file(self, case_id, attachment_id, **kw):
        """Download a published file of one complaint."""
        return self._water_file("water.complaint", case_id, attachment_id)
