from odoo.http import request, route

from odoo.addons.water_service_desk.controllers.portal import WaterPortal


class WaterComplaintPortal(WaterPortal):
    """The customer's complaints: file, follow, confirm, reject and rate."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "complaint_count" in counters:
            values["complaint_count"] = request.env["water.complaint"]._portal_count()
        return values

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
        "/my/complaints/new",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        water_upload=True,
    )
    def complaint_new(self, **kw):
        """File a complaint."""
        return self._water_new("water.complaint", kw)

    @route("/my/complaints/<int:case_id>", type="http", auth="user", website=True, methods=["GET"])
    def complaint(self, case_id, **kw):
        """Follow one complaint."""
        return self._water_page("water.complaint", case_id, kw)

    @route(
        "/my/complaints/<int:case_id>/<any(message,callback,confirm,contest,appeal,unappeal):action>",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        water_upload=True,
    )
    def complaint_action(self, case_id, action, **kw):
        """Answer, confirm or reject one complaint."""
        return self._water_action("water.complaint", case_id, action, kw)

    @route(
        "/my/complaints/<int:case_id>/file/<int:attachment_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def complaint_file(self, case_id, attachment_id, **kw):
        """Download a published file of one complaint."""
        return self._water_file("water.complaint", case_id, attachment_id)

    def _water_done(self):
        return super()._water_done() | {
            "confirm": request.env._("Thank you for your confirmation and your rating."),
            "appeal": request.env._(
                "We have received your appeal. People who had no part in the matter review it."
            ),
            "unappeal": request.env._("You have taken your appeal back."),
            "contest": request.env._("We are sorry. We take the matter up again."),
        }
