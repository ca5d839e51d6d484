from uuid import uuid4

from odoo.exceptions import AccessError, UserError
from odoo.http import request, route

from odoo.addons.water_complaints.complaint.controllers.portal import WaterComplaintPortal
from odoo.addons.water_service_desk.intake.filing import clean_text
from odoo.addons.water_service_desk.portal.reading import by_get

from ..models.water_supervision_finding import LIMITS

OBSERVATIONS = "/my/observations"
VISITS = "/my/mystery-visits"


class WaterSupervisionPortal(WaterComplaintPortal):
    """Pages for outside supervisors and visitors: their own records alone."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if not counters:
            partner = request.env.user.partner_id
            findings = request.env["water.supervision.finding"]
            serving = request.env["water.social.supervisor"]._serving(partner)
            values["water_observer"] = bool(serving) or bool(findings._portal_count())
            values["water_visitor"] = bool(request.env["water.inspection"]._portal_count())
        return values | self._water_counts(
            counters, observation="water.supervision.finding", visit="water.inspection"
        )

    # -- social supervisors -------------------------------------------------------------------

    @route(
        [OBSERVATIONS, f"{OBSERVATIONS}/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def observations(self, page=1, **kw):
        """List the observations of the signed-in social supervisor."""
        template = "water_quality.portal_observations"
        return self._water_list("water.supervision.finding", page, kw, template)

    @route(
        f"{OBSERVATIONS}/new",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        water_upload=True,
        readonly=by_get,
    )
    def observation_new(self, **kw):
        """The form of an observation, and its way in."""
        findings = request.env["water.supervision.finding"]
        partner = request.env.user.partner_id
        supervisor = request.env["water.social.supervisor"]._serving(partner)
        if not supervisor:
            return request.not_found()
        if request.httprequest.method == "POST":
            return self._observation_taken(findings, kw)
        again = self._water_again(kw.get("again"))
        typed = again.get("typed", {})
        values = self._water_base(
            "observation_new",
            words=findings._portal_words(),
            base_url=OBSERVATIONS,
            zones=[(str(row.id), row.name) for row in findings._portal_zones(supervisor)],
            typed={"submission_key": str(uuid4()), **typed},
            errors=again.get("errors", {}),
            limits=LIMITS,
            **self._observation_draft(typed),
        )
        template = "water_quality.portal_observation_new"
        return self._water_render(template, values, again.get("status", 200))

    def _observation_draft(self, typed):
        """Return the upload of a form; files of a refused form are kept."""
        draft = self._water_draft(typed.get("draft"))
        files = self._water_draft_files(draft)
        return {"draft": draft.token, "files": files, "upload": self._outside_upload()}

    def _outside_upload(self):
        # sudo: res.company - its limits of files are public
        return self._water_upload(request.env.company.sudo())

    def _observation_taken(self, findings, params):
        draft = self._water_draft(params.get("draft"))
        try:
            files = [*self._water_kept_files(draft), *self._water_files()]
            finding = findings._portal_submit(params, files)
        except AccessError:
            return request.not_found()
        except UserError as refusal:
            kept = self._water_store(params.get("draft"), self._water_files())
            errors = self._water_errors(refusal)
            typed = {**params, "draft": kept}
            return self._water_refused(f"{OBSERVATIONS}/new", typed, errors, refusal.http_status)
        draft._forget()
        return request.redirect(f"{OBSERVATIONS}/{finding.id}?done=sent", code=303)

    @route(
        f"{OBSERVATIONS}/<int:number>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def observation(self, number, done=None, **kw):
        """One of them, with our answer."""
        finding = request.env["water.supervision.finding"]._portal_find(number)
        if not finding:
            return request.not_found()
        row = finding._portal_rows()[0]
        values = self._water_base(
            "observation_page",
            title=row["number"],
            words=finding._portal_words(),
            base_url=OBSERVATIONS,
            row=row,
            done=done == "sent",
        )
        return self._water_render("water_quality.portal_observation", values)

    # -- mystery visits -----------------------------------------------------------------------

    @route(
        [VISITS, f"{VISITS}/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def mystery_visits(self, page=1, **kw):
        """List the mystery visits of the signed-in visitor."""
        template = "water_quality.portal_mystery_visits"
        return self._water_list("water.inspection", page, kw, template)

    @route(
        f"{VISITS}/<int:number>",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        water_upload=True,
        readonly=by_get,
    )
    def mystery_visit(self, number, done=None, **kw):
        """One checklist: filled in, kept, handed in."""
        visit = request.env["water.inspection"]._portal_find(number)
        if not visit:
            return request.not_found()
        url = f"{VISITS}/{visit.id}"
        if request.httprequest.method == "POST":
            return self._visit_filled(visit, url, kw)
        again = self._water_again(kw.get("again"))
        values = self._water_base(
            "visit_page",
            title=visit.name,
            words=visit._portal_words(),
            base_url=VISITS,
            visit=visit._portal_page(),
            typed=again.get("typed", {}),
            errors=again.get("errors", {}),
            done=done if done in ("kept", "sent") else None,
            upload=self._outside_upload(),
        )
        template = "water_quality.portal_mystery_visit"
        return self._water_render(template, values, again.get("status", 200))

    def _visit_filled(self, visit, url, params):
        hand_in = clean_text(params.get("act")) == "send"
        try:
            with request.env.cr.savepoint():
                visit._portal_fill(params, self._water_files())
            if hand_in:  # an error keeps the entered values
                visit._portal_hand_in()
        except UserError as refusal:
            errors = self._water_errors(refusal)
            return self._water_refused(url, params, errors, refusal.http_status)
        return request.redirect(f"{url}?done={'sent' if hand_in else 'kept'}", code=303)
