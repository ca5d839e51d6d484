"""What others have the server fetch comes from public addresses, or from those that are allowed.

Routes of Odoo and of other apps fetch what their caller names: previews of links, pictures,
browsers to be notified. Strangers and customers reach nothing behind this server by whatever is
fetched for them; for the staff the same holds where Odoo has them name an address (`guarding`).
All else that other apps fetch (for the staff, scheduled actions, whoever signs in) is theirs.
"""

from contextlib import contextmanager
from contextvars import ContextVar

import requests
from requests.adapters import HTTPAdapter
from requests.sessions import Session

from odoo.http import request

from .gateway_http import GatewayError
from .guarded_http import GuardedAdapter

#: The networks inside that may be reached, while something is fetched that somebody has named.
_allowed = ContextVar("water_allowed", default=None)


class VisitorAdapter(GuardedAdapter):
    """Does what an adapter of the library does, to allowed addresses.

    :param adapter: whose retries and sizes are kept
    """

    def __init__(self, adapter, allowed):
        super().__init__(allowed)
        self.__setstate__(adapter.__getstate__())

    def send(self, *args, **kwargs):
        """Carry one request; callers, who know nothing of the guard, hear of no connection."""
        try:
            return super().send(*args, **kwargs)
        except GatewayError as error:
            raise requests.ConnectionError(f"no connection ({error.kind})") from None


@contextmanager
def guarding(env):
    """Guard whatever is fetched meanwhile: somebody has named the address.

    :param env: of the call
    """
    token = _allowed.set(env["water.gateway"]._allowed_networks())
    try:
        yield
    finally:
        _allowed.reset(token)


def _networks():
    """Networks inside that may be reached; None where nothing is guarded."""
    allowed = _allowed.get()
    # whoever signs in is nobody yet: an identity provider may stand in the house
    if allowed is None and request and request.db and request.env.uid:
        is_ours = "water.gateway" in request.registry  # else a database beside ours
        if is_ours and not request.env.user._is_internal():
            allowed = request.env["water.gateway"]._allowed_networks()
    return allowed


def _guarded(get_adapter):
    """``Session.get_adapter`` which guards redirects as well; adapters of others stay theirs."""

    def adapter_of(self, url):
        adapter = get_adapter(self, url)
        allowed = _networks() if type(adapter) is HTTPAdapter else None
        return adapter if allowed is None else VisitorAdapter(adapter, allowed)

    adapter_of.is_guarded = True
    return adapter_of


if not hasattr(Session.get_adapter, "is_guarded"):
    Session.get_adapter = _guarded(Session.get_adapter)
