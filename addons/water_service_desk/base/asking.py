"""Who is asking, and for what, also at the older interfaces (XML-RPC and the older JSON-RPC).

Odoo takes the request away from what they call, and goes past ``ir.http``: what is counted by
address would not be counted there, and what the newer doors ask of a call would not be asked.
"""

import functools
from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, http
from odoo.service import model as service

#: The request that Odoo has taken away from what it calls.
AWAY: ContextVar = ContextVar("water_request_away", default=None)


def asking():
    """The HTTP request in which this is done; nothing where it is done for none."""
    request = http.request or AWAY.get()
    return request.httprequest if request else None


def _remembered(borrow):
    """``borrow`` takes the request away; this way it can still be asked for."""

    @contextmanager
    def borrowed():
        with borrow() as request:
            mark = AWAY.set(request)
            try:
                yield request
            finally:
                AWAY.reset(mark)

    return borrowed


def _asked(execute):
    """``execute`` calls a method for whoever has proved who he is; this way ``ir.http`` is asked
    before, in databases that have the desk.
    """

    @functools.wraps(execute)
    def executed(cr, uid, obj, method, args, kw):
        env = api.Environment(cr, uid, {})
        ask = getattr(env.registry["ir.http"], "_water_ask_older", None)
        called = {"model": obj, "method": method, "args": args, "kwargs": kw}
        if ask:
            ask(env, called)
        return execute(cr, uid, obj, method, called["args"], called["kwargs"])

    return executed


def install():
    """Put both around Odoo's functions, once; its dispatchers look them up with each call."""
    if not hasattr(service.execute_cr, "__wrapped__"):
        service.execute_cr = _asked(service.execute_cr)
        http.borrow_request = _remembered(http.borrow_request)
