import werkzeug.exceptions

from odoo import models
from odoo.exceptions import AccessDenied
from odoo.http import request

PAGE = "/water/second-factor"
#: pages that stay open until the second factor is set up
OPEN = (PAGE, "/web/session/logout", "/web/login", "/web/assets/", "/web/health", "/logo")


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _authenticate(cls, endpoint):
        """Redirect users without a required second factor to its setup page.

        Applies to browser sessions only; API keys have no session.
        """
        super()._authenticate(endpoint)
        uid = request.session.uid
        # some of Odoo's routes sign in by themselves; no user is known here yet
        if not uid or request.env.uid not in (None, uid) or _is_open(request.httprequest.path):
            return
        # sudo: res.users - reads the user's own second factor
        person = request.env["res.users"].with_user(uid).sudo().browse(uid)
        if not person._water_needs_second_factor():
            return
        if request.dispatcher.routing_type == "http":
            werkzeug.exceptions.abort(request.redirect(PAGE, code=303))
        raise AccessDenied(person.env._("Set up your second factor first."))


def _is_open(path):
    return any([path == place or path.startswith(f"{place.rstrip('/')}/") for place in OPEN])
