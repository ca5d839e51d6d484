import ipaddress

from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route
from odoo.tools import consteq

from .. import figures

TOKEN = "water_service_desk.metrics_token"
BEARER = "bearer "


class WaterMetrics(Controller):
    """Figures for Prometheus: numbers and names of scheduled actions, no personal data."""

    @route(
        "/water/metrics",
        type="http",
        auth="none",
        methods=["GET"],
        save_session=False,
        readonly=False,  # it keeps when it was asked
    )
    def metrics(self, **kw):
        """Answer callers with the token; without a token in the settings, this machine alone.

        :raises NotFound: for others, who need not know of the page
        """
        # sudo: ir.config_parameter, water.alarm - checked here
        token = request.env["ir.config_parameter"].sudo().get_param(TOKEN)
        if not (_is_holder(token) if token else _is_here()):
            raise NotFound
        alarms = request.env["water.alarm"].sudo()
        text = figures.text(alarms._measure())
        alarms._note_scrape()
        kind = "text/plain; version=0.0.4; charset=utf-8"
        return request.make_response(text, {"Content-Type": kind, "Cache-Control": "no-store"})


def _is_holder(token):
    given = request.httprequest.headers.get("Authorization", "")
    is_bearer = given[: len(BEARER)].lower() == BEARER
    return is_bearer and consteq(given[len(BEARER) :].encode(), token.encode())


def _is_here():
    """Return whether the caller is this machine, and no proxy."""
    asked = request.httprequest
    if "X-Forwarded-For" in asked.headers or "Forwarded" in asked.headers:
        return False
    return ipaddress.ip_address(asked.remote_addr or "::").is_loopback
