from odoo.http import request, route

from odoo.addons.web.controllers.home import Home

from ...intake.filing import clean_text
from .track import WaterTrack

#: Articles and guides offered while the matter is chosen.
OFFERED = 3


class WaterFront(WaterTrack):
    """The first page, and the search that goes from the problem to the right form."""

    @route("/water", type="http", auth="public", website=True, methods=["GET"], readonly=True)
    def front(self, **kw):
        """The first page: urgent, known, told, followed."""
        if not self._public_company().water_public_open:
            return request.not_found()
        return self._water_render("water_service_desk.front", self._public_base("front"))

    @route(
        "/water/report", type="http", auth="public", website=True, methods=["GET"], readonly=True
    )
    def report(self, q="", **kw):
        """Choose what to file: by everyday words, or by its kind."""
        if not self._public_company().water_public_open:
            return request.not_found()
        values = self._public_base(
            "report",
            title=request.env._("How can we help you?"),
            kinds=self._public_kinds(),
            search_url="/water/report",
            **self._front_found(clean_text(q, 100)),
        )
        return self._water_render("water_service_desk.public_choice", values)

    @route("/my/water/new", type="http", auth="user", website=True, readonly=True)
    def water_new(self, q="", **kw):
        """Show the first page to signed-in customers, with their forms."""
        values = self._water_base(
            "water_new",
            title=request.env._("How can we help you?"),
            layout="portal.portal_layout",
            kinds=self._public_kinds(),
            public=False,
            search_url="/my/water/new",
            hotline=self._public_company().water_hotline,
            **self._front_found(clean_text(q, 100), signed=True),
        )
        return self._water_render("water_service_desk.public_choice", values)

    def _front_found(self, text, signed=False):
        """Return the results of a search: categories with their forms, guides, and articles."""
        if not text:
            return {"place": "", "asked": "", "matters": [], "articles": [], "guides": []}
        company = self._public_company()
        articles = request.env["water.article"]._public_search(text, company, OFFERED)
        guides = request.env["water.guide"]._public_search(text, company)[:OFFERED]
        return {
            "asked": text,
            "matters": self._front_matters(text, signed),
            "articles": [row._public_card() for row in articles],
            "guides": [row._public_card() for row in guides],
        }

    def _front_matters(self, text, signed):
        """[{name, icon, ways}] of the matters that fit; the first way is the system's choice."""
        choices = {
            kind: self._public_cases(kind)._filing_categories() for kind in self._front_order()
        }
        choices["business"] = self._front_businesses()
        every = request.env["water.category"].sudo().browse()
        for categories in choices.values():
            every |= categories
        return [
            {
                "name": category.public_name or category.name,
                "icon": category.icon or category.parent_id.icon or "fa-comment-o",
                "ways": [
                    (self._front_label(kind), self._front_url(kind, category, signed))
                    for kind in self._front_kinds(category, choices)
                ],
            }
            for category in every._public_best(text)
        ]

    def _front_order(self):
        """Return the kinds in order of preference where several fit: soonest help first."""
        last = ("inquiry",)
        rest = [kind for kind in self._public_kinds() if kind not in ("repair", *last)]
        return ["repair", *rest, *last]

    def _front_kinds(self, category, choices):
        kinds = [kind for kind in ("business", *self._front_order()) if category in choices[kind]]
        if category._public_is_fault():
            return kinds
        rest = [kind for kind in kinds if kind != "repair"]
        return sorted(rest or kinds, key=lambda kind: kind not in ("business", "inquiry"))

    def _front_businesses(self):
        cases = request.env["water.request"].with_context(water_request_type="business")
        return cases.with_user(request.env["res.users"]._water_stranger())._filing_categories()

    def _front_label(self, kind):
        if kind == "business":
            return request.env._("Apply")
        return self._public_cases(kind)._portal_words()["new"]

    def _front_url(self, kind, category, signed):
        if kind == "business":
            return f"/my/requests/new?type=business&category_id={category.id}"
        if not signed:
            return f"/water/report/{kind}?category={category.id}"
        model, request_type = self._public_kinds()[kind]
        path = f"{request.env[model]._portal_url}/new"
        sort = f"type={request_type}&" if request_type else ""
        return f"{path}?{sort}category_id={category.id}"


class WaterHome(Home):
    """The page at ``/`` for strangers and customers."""

    @route()
    def index(self, *args, **kw):
        """Redirect strangers and customers to the company's first page, if the site has no
        other.
        """
        if self._water_is_first():
            return request.redirect("/water", code=303)
        return super().index(*args, **kw)

    def _water_is_first(self):
        if not request.db:
            return False
        # sudo: res.company - whether there is a public first page
        env = request.env(su=True)
        company = env["res.users"]._water_stranger().company_id
        has_other = "website" in env
        user = env["res.users"].browse(request.session.uid or ())
        is_staff = bool(user) and user._is_internal()
        return (
            company.water_public_open and company.water_front_open and not (has_other or is_staff)
        )
