"""What a web request has the server fetch comes from public addresses, whoever names them.

Routes of Odoo and of other apps fetch what their caller names: previews of links, pictures, videos,
browsers to be notified. Nobody who asks this server for something reaches the house behind it.
"""

import requests
from requests.adapters import HTTPAdapter
from requests.sessions import Session

from odoo.http import request

from .gateway_http import GatewayError
from .guarded_http import GuardedAdapter


class VisitorAdapter(GuardedAdapter):
    """Tells callers, who know nothing of our guard, that there is no connection."""

    def send(self, *args, **kwargs):
        """Carry one request."""
        try:
            return super().send(*args, **kwargs)
        except GatewayError as error:
            raise requests.ConnectionError(f"no connection ({error.kind})") from None


def _guarded(get_adapter):
    """``Session.get_adapter`` which guards what is fetched for a web request, redirects as well."""

    def adapter_of(self, url):
        adapter = get_adapter(self, url)
        if type(adapter) is not HTTPAdapter or not (request and request.db):
            return adapter
        if "water.gateway" not in request.registry:
            return adapter  # a database beside ours
        return VisitorAdapter(request.env["water.gateway"]._allowed_networks())

    adapter_of.is_guarded = True
    return adapter_of


if not hasattr(Session.get_adapter, "is_guarded"):
    Session.get_adapter = _guarded(Session.get_adapter)
