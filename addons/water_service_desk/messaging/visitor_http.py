"""Limits the server's outgoing requests to public or allowed addresses.

Routes of Odoo and of other apps fetch addresses named by their caller: link previews, pictures,
push endpoints. Strangers and customers reach no internal address that way, nor do staff where Odoo
lets them name one (`guarding`). Other requests of other apps (for staff, scheduled actions, logins)
are not limited.
"""

from contextlib import contextmanager
from contextvars import ContextVar

import requests
from requests.adapters import HTTPAdapter
from requests.sessions import Session

from odoo.http import request

from .gateway_http import GatewayError
from .guarded_http import GuardedAdapter

#: The allowed internal networks during a guarded request.
_allowed = ContextVar("water_allowed", default=None)


class VisitorAdapter(GuardedAdapter):
    """Does what an adapter of the library does, to allowed addresses.

    :param adapter: whose retries and sizes are kept
    """

    def __init__(self, adapter, allowed):
        super().__init__(allowed)
        self.__setstate__(adapter.__getstate__())

    def send(self, *args, **kwargs):
        """Send one request; a refused address looks like a failed connection."""
        try:
            return super().send(*args, **kwargs)
        except GatewayError as error:
            raise requests.ConnectionError(f"no connection ({error.kind})") from None


@contextmanager
def guarding(env):
    """Guard all requests in this block, whose address a user has named.

    :param env: of the call
    """
    token = _allowed.set(env["water.gateway"]._allowed_networks())
    try:
        yield
    finally:
        _allowed.reset(token)


def _networks():
    allowed = _allowed.get()
    # logins are not guarded: the identity provider may be internal
    if allowed is None and request and request.db and request.env.uid:
        is_ours = "water.gateway" in request.registry  # else a database beside ours
        if is_ours and not request.env.user._is_internal():
            allowed = request.env["water.gateway"]._allowed_networks()
    return allowed


def _guarded(get_adapter):
    """Wrap ``Session.get_adapter``, so that redirects are guarded as well; other adapters stay."""

    def adapter_of(self, url):
        adapter = get_adapter(self, url)
        allowed = _networks() if type(adapter) is HTTPAdapter else None
        return adapter if allowed is None else VisitorAdapter(adapter, allowed)

    adapter_of.is_guarded = True
    return adapter_of


if not hasattr(Session.get_adapter, "is_guarded"):
    Session.get_adapter = _guarded(Session.get_adapter)
