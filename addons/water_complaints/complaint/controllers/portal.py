from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.water_service_desk.intake.filing import clean_text
from odoo.addons.water_service_desk.portal.controllers.portal import WaterPortal


class WaterComplaintPortal(WaterPortal):
    """The customer's complaints: file, follow, confirm, reject and rate."""

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
        "/my/complaints/new",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        water_upload=True,
    )
    def complaint_new(self, **kw):
        """File a complaint."""
        first_look = request.httprequest.method == "POST" and not kw.get("confirmed")
        return self._water_review(kw) if first_look else self._water_new("water.complaint", kw)

    def _water_form(self, model, params, errors=None, status=200):
        """Back to the page that had the files, where nothing but them is at fault."""
        if params.get("confirmed") and set(errors or ()) == {"files"}:
            rest = {name: text for name, text in params.items() if name != "confirmed"}
            return self._water_review(rest, errors, status)
        return super()._water_form(model, params, errors, status)

    def _water_review(self, params, errors=None, status=200):
        """Read everything back before it is sent: the customer confirms it here (S3.2.1d)."""
        model, back = "water.complaint", params.pop("back", None)
        if back:
            return self._water_form(model, params)
        try:
            rows = self._water_here(model)._portal_review(params)
        except UserError as refusal:
            return self._water_form(model, params, self._water_errors(refusal), status=422)
        words = self._water_words(model)
        kept = {
            name: clean_text(value)
            for name, value in params.items()
            if isinstance(value, str) and name not in ("csrf_token", "files")
        }
        return self._water_render(
            "water_complaints.portal_review",
            self._water_base(
                f"{words['kind']}_new",
                words=words,
                rows=rows,
                kept=kept,
                upload=self._water_upload(request.env.company.sudo()),
                errors=errors or {},
                typed={},
                base_url=request.env[model]._portal_url,
                hotline=request.env.company.sudo().water_hotline,
            ),
            status,
        )

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
