from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.water_service_desk.portal.reading import by_get

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
        readonly=by_get,
    )
    def complaint_new(self, **kw):
        """File a complaint."""
        again = self._water_again(kw.get("again"))
        if request.httprequest.method == "POST" and not kw.get("confirmed"):
            return self._water_read_back(kw)
        if again.get("review") and not kw.get("change"):
            return self._water_review(again, kw["again"])
        return self._water_new("water.complaint", kw)

    def _water_new_refused(self, model, params, errors, **more):
        if params.get("confirmed") and set(errors) == {"files"}:
            more["review"] = True
        return super()._water_new_refused(model, params, errors, **more)

    def _water_read_back(self, params):
        """Look at a filled-in form: on to the page that reads it back, or back to the form."""
        model, draft = "water.complaint", self._water_draft(params.get("draft"))
        try:
            files = [*self._water_kept_files(draft), *self._water_files()]
            self._water_here(model)._portal_review(params, files)
            draft._keep_only(request.httprequest.form.getlist("keep"))
            token = self._water_store(draft.token, self._water_files())
        except UserError as refusal:
            return self._water_new_refused(model, params, self._water_errors(refusal))
        path = f"{request.env[model]._portal_url}/new"
        return self._water_refused(path, {**params, "draft": token}, {}, 200, review=True)

    def _water_review(self, again, token):
        """Read everything back before it is sent: the customer confirms it here (S3.2.1d)."""
        model, kept = "water.complaint", again["typed"]
        draft, words = self._water_draft(kept.get("draft")), self._water_words(model)
        try:
            rows = self._water_here(model)._portal_review(kept)
        except UserError as refusal:
            return self._water_form(model, kept, self._water_errors(refusal), status=422)
        return self._water_render(
            "water_complaints.portal_review",
            self._water_base(
                f"{words['kind']}_new",
                words=words,
                rows=rows,
                kept={name: text for name, text in kept.items() if name != "files"},
                files=self._water_draft_files(draft),
                again=token,
                errors=again["errors"],
                typed={},
                base_url=request.env[model]._portal_url,
                hotline=request.env.company.sudo().water_hotline,
            ),
            again["status"],
        )
