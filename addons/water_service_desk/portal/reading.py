"""Which requests only read: they may be answered by a replica of the database."""

from odoo.http import request


def by_get(_controller, _rule, _args):
    """Tell whether this request shows a form, and does not send it; for ``readonly`` of a route."""
    return request.httprequest.method in ("GET", "HEAD")
