import json

from odoo.http import request, route
from odoo.tools import file_open

from .open_door import WaterOpenDoor

ICONS = "/water_service_desk/static/description/icon"
WORKER = "water_service_desk/static/src/public/offline_worker.js"
#: One address for all languages: cached pages must not come by a redirect.
FIXED = {"type": "http", "auth": "public", "website": True, "methods": ["GET"], "multilang": False}
FIXED |= {"readonly": True}


class WaterInstalled(WaterOpenDoor):
    """The public pages as an app on a telephone, and its page without a network."""

    @route("/water/app.webmanifest", **FIXED)
    def app_manifest(self, **kw):
        """Return the name and look of the app."""
        company = self._public_company()
        if not company.water_public_open:
            return request.not_found()
        facts = {
            "id": "/water",
            "name": company.name,
            "short_name": company.name[:12],
            "lang": (request.env.lang or "en_US").replace("_", "-"),
            "start_url": "/water",
            "scope": "/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": company._water_colour(),
            "icons": [
                {"src": f"{ICONS}.svg", "sizes": "any", "type": "image/svg+xml"},
                {"src": f"{ICONS}.png", "sizes": "128x128", "type": "image/png"},
            ],
        }
        headers = {"Content-Type": "application/manifest+json; charset=utf-8"}
        return request.make_response(json.dumps(facts, ensure_ascii=False), headers)

    @route("/water/worker.js", **FIXED)
    def app_worker(self, **kw):
        """The script that keeps the page for the time without a network."""
        headers = {
            "Content-Type": "text/javascript; charset=utf-8",
            "Service-Worker-Allowed": "/",
            "Cache-Control": "no-cache",
        }
        with file_open(WORKER) as script:
            return request.make_response(script.read(), headers)

    @route("/water/offline", **FIXED)
    def app_offline(self, **kw):
        """No network: the hotline, in every language, for it is kept before one is chosen."""
        # sudo: res.lang - which languages there are, told on every page
        languages = request.env["res.lang"].sudo().get_installed()
        words = [self._app_offline_words(code) for code, _name in languages]
        values = self._public_base("offline", texts=words)
        return self._water_render("water_service_desk.public_offline", values)

    def _app_offline_words(self, code):
        env = request.env(context={"lang": code})
        text = env._("It was not sent. Try again when the network is back, or call us.")
        return code.replace("_", "-"), env._("There is no network"), text
