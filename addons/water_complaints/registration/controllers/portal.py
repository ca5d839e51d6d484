from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.water_service_desk.intake.filing import clean_text

from ...complaint.controllers.portal import WaterComplaintPortal


class WaterComplaintRegistrationPortal(WaterComplaintPortal):
    """The customer files a complaint, and reads it back before it is sent."""

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
