from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager
from odoo.addons.water_service_desk.tools.filing import parse_id

from .portal import WaterComplaintPortal

PAGE_SIZE = 10


class WaterCompensationPortal(WaterComplaintPortal):
    """The customer's compensations: what for, how much, and whether it is paid."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "compensation_count" in counters:
            values["compensation_count"] = request.env["water.compensation"]._portal_count()
        return values

    @route(
        ["/my/compensations", "/my/compensations/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def compensations(self, page=1, **kw):
        """The customer's compensations, the newest first."""
        rows = request.env["water.compensation"]
        total = rows._portal_count()
        paging = pager("/my/compensations", total, parse_id(page) or 1, PAGE_SIZE)
        found = rows._portal_search(limit=PAGE_SIZE, offset=paging["offset"])
        return self._water_render(
            "water_complaints.portal_compensations",
            self._water_base(
                "compensation_list",
                words={"many": request.env._("My compensations")},
                rows=[row._portal_card() for row in found],
                pager=paging,
                hotline=request.env.company.sudo().water_hotline,
            ),
        )
