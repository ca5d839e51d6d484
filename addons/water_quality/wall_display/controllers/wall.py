import secrets

from odoo.exceptions import AccessError
from odoo.http import Controller, request, route

from odoo.addons.water_service_desk.intake.page_headers import protect_page

#: Seconds after which the page asks for itself again.
AGAIN = "30"


class WaterWallController(Controller):
    """The page on the wall of the hall: no mouse, no script, asked for anew by itself."""

    @route("/water/wall", type="http", auth="user", methods=["GET"], readonly=True)
    def wall(self, **kw):
        """Today at a glance."""
        try:
            values = request.env["water.wall"]._shown()
        except AccessError:
            return request.not_found()
        page = request.render("water_quality.wall", {**values, "lang": request.env.lang})
        page.headers["Refresh"] = AGAIN
        return protect_page(page, secrets.token_urlsafe(16))
