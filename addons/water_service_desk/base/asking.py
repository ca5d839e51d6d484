"""Gives access to the HTTP request during XML-RPC and JSON-RPC calls.

Odoo removes the request from these calls and bypasses ``ir.http``: limits by address and checks of
remote calls would not apply.
"""

import functools
from contextlib import contextmanager
from contextvars import ContextVar

from odoo import api, http
from odoo.service import model as service

#: The request that Odoo has removed during the call.
AWAY: ContextVar = ContextVar("water_request_away", default=None)


def asking():
    """Return the present HTTP request; None without one."""
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
    """Wrap ``execute``: ask ``ir.http`` before the call, in databases with the desk."""

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
