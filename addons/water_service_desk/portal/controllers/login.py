from odoo.http import request, route

from odoo.addons.web.controllers.home import Home


class WaterLogin(Home):
    """The way in speaks the language that was chosen on the pages before it."""

    @route()
    def web_login(self, *args, **kw):
        """As Odoo; without a chosen language in the browser's.

        An attempt above the limit is answered with 429, so that a proxy can tell it from a wrong
        password.
        """
        chosen = request.cookies.get("frontend_lang")
        code = chosen and request.env["ir.http"].get_nearest_lang(chosen)
        if code:
            request.update_context(lang=code)
        response = super().web_login(*args, **kw)
        if getattr(request, "water_sign_in_refused", False):
            response.status_code = 429
            response.headers["Retry-After"] = "60"
        return response
