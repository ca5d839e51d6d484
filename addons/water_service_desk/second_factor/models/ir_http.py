import werkzeug.exceptions

from odoo import models
from odoo.exceptions import AccessDenied
from odoo.http import request

PAGE = "/water/second-factor"
#: What somebody may reach who has yet to set it up: the page, its looks, and the way out.
OPEN = (PAGE, "/web/session/logout", "/web/login", "/web/assets/", "/web/health", "/logo")


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _authenticate(cls, endpoint):
        """Lead whoever needs a second factor to where it is set up, and nowhere else.

        Sessions alone: whoever comes with the key of a program has none.
        """
        super()._authenticate(endpoint)
        uid = request.session.uid
        # some routes of Odoo's sign in by themselves: nobody is signed in for them here
        if not uid or request.env.uid not in (None, uid) or _is_open(request.httprequest.path):
            return
        # sudo: res.users - whether the person himself has a second factor
        person = request.env["res.users"].with_user(uid).sudo().browse(uid)
        if not person._water_needs_second_factor():
            return
        if request.dispatcher.routing_type == "http":
            werkzeug.exceptions.abort(request.redirect(PAGE, code=303))
        raise AccessDenied(person.env._("Set up your second factor first."))


def _is_open(path):
    return any([path == place or path.startswith(f"{place.rstrip('/')}/") for place in OPEN])
