from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager

from ...intake.filing import clean_text, parse_id
from ...portal.controllers.portal import WaterPortal
from ...portal.controllers.portal_list import PAGE_SIZE
from ..models.water_case_visit import LONGEST_REASON

LIST = "/my/appointments"


class WaterVisitPortal(WaterPortal):
    """The customer's appointments of all cases: confirm, move, cancel."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "appointment_count" in counters:
            values["appointment_count"] = request.env["water.visit"]._portal_count()
        return values

    @route(
        [LIST, f"{LIST}/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def appointments(self, page=1, **kw):
        """Show coming or past appointments."""
        visits = request.env["water.visit"]
        past = kw.get("show") == "past"
        domain = ~visits._to_come() if past else visits._to_come()
        total = len(visits._portal_search(domain))
        args = {"show": "past"} if past else {}
        paging = pager(LIST, total, parse_id(page) or 1, PAGE_SIZE, url_args=args)
        order = "slot_from desc, id desc" if past else "slot_from, id"
        found = visits._portal_search(domain, order=order, limit=PAGE_SIZE, offset=paging["offset"])
        return self._water_render(
            "water_service_desk.portal_appointments",
            self._water_base(
                "appointment_list",
                words=self._visit_words(),
                base_url=LIST,
                rows=[self._visit_row(visit) for visit in found],
                past=past,
                pager=paging,
                # sudo: res.company - the number that all customers call
                hotline=request.env.company.sudo().water_hotline,
            ),
        )

    @route(
        f"{LIST}/<int:visit_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def appointment(self, visit_id, done=None, **kw):
        """One appointment, with the windows to which it may be moved."""
        visit = self._visit_find(visit_id)
        return self._visit_page(visit, done=done) if visit else request.not_found()

    @route(
        f"{LIST}/<int:visit_id>/<any(confirm,move,cancel):action>",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
    )
    def appointment_action(self, visit_id, action, **kw):
        """Carry out a posted form of the page."""
        visit = self._visit_find(visit_id)
        if not visit:
            return request.not_found()
        url = f"{LIST}/{visit.id}"
        if request.httprequest.method != "POST":
            return request.redirect(url, code=303)
        case = self._visit_case(visit)
        try:
            case._portal_do(f"visit_{action}", {**kw, "visit_id": str(visit.id)})
        except UserError as refusal:
            errors, status = self._water_errors(refusal), refusal.http_status
            typed = {name: clean_text(value) for name, value in kw.items()}
            return self._visit_page(visit, typed=typed, errors=errors, action=action, status=status)
        done = "asked" if visit.change_asked_at else action
        return request.redirect(f"{url}?done={done}", code=303)

    @route(
        f"{LIST}/<int:visit_id>/calendar.ics",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def appointment_calendar(self, visit_id, **kw):
        """The appointment for the customer's own calendar."""
        visit = self._visit_find(visit_id)
        case = visit and self._visit_case(visit)
        return self._water_calendar(case and case._portal_calendar(visit.id))

    # -- helpers ------------------------------------------------------------------------------

    def _visit_find(self, visit_id):
        number = parse_id(visit_id)
        domain = Domain("id", "=", number) if number else Domain.FALSE
        return request.env["water.visit"]._portal_search(domain, limit=1)

    def _visit_case(self, visit):
        return self._water_here(visit._case()._name).sudo().browse(visit._case().id)

    def _visit_row(self, visit, windows=False):
        return self._visit_case(visit)._portal_visit_row(visit, windows=windows)

    def _visit_words(self):
        return {"kind": "appointment", "many": request.env._("My appointments")}

    def _visit_page(self, visit, done=None, typed=None, errors=None, action=None, status=200):
        company, row = visit.company_id, self._visit_row(visit, windows=True)
        form = {"move": "move", "asked": "move", "cancel": "cancel"}.get(done)
        return self._water_render(
            "water_service_desk.portal_appointment",
            self._water_base(
                "appointment_page",
                words=self._visit_words(),
                base_url=LIST,
                visit=row,
                sent=f"{row['number']}_visit_{form}" if form else None,
                done=self._visit_case(visit)._portal_done(f"visit_{done}"),
                typed=typed or {},
                errors=errors or {},
                action=action,
                limit=LONGEST_REASON,
                cutoff=company.water_visit_cutoff_hours,
                hotline=company.water_hotline,
            ),
            status=status,
        )
