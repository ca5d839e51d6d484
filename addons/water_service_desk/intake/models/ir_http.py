import functools
import inspect
import json
import re

import werkzeug.exceptions

from odoo import models
from odoo.http import request

from ..page_headers import protect_any

#: No address of a page holds one; a database and a header take none.
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        """Refuse addresses that would end in a fault further in."""
        if CONTROL.search(path_info):
            raise werkzeug.exceptions.BadRequest
        return super()._match(path_info)

    @classmethod
    def _dispatch(cls, endpoint):
        """Refuse what Odoo answers with a fault: too few arguments, pictures below nothing."""
        params = request.params
        if request.dispatcher.routing_type == "http":
            below = any(str(params.get(name)).startswith("-") for name in ("width", "height"))
            if below or _needs(endpoint) - params.keys():
                raise werkzeug.exceptions.BadRequest
        return super()._dispatch(endpoint)

    @classmethod
    def _post_dispatch(cls, response):
        result = super()._post_dispatch(response)
        protect_any(response, request.httprequest.scheme == "https")
        return result

    @classmethod
    def _handle_error(cls, exception):
        """Keep the inside of the server from machines and customers: no traceback goes out.

        Staff at the web client still get theirs, to send it to whoever looks after the server.
        """
        if isinstance(exception, RecursionError) and request.dispatcher.routing_type != "http":
            exception = werkzeug.exceptions.BadRequest()  # JSON nested beyond all reason
        response = super()._handle_error(exception)
        if getattr(response, "headers", None) is not None:
            protect_any(response, request.httprequest.scheme == "https")
        kind = request.dispatcher.routing_type
        user = request.env.user if request.env else None
        if kind == "json2" or (kind == "jsonrpc" and not (user and user._is_internal())):
            _without_traceback(response, kind)
        return response

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        return [*super()._get_translation_frontend_modules_name(), "water_service_desk"]


@functools.lru_cache(4096)
def _needs(endpoint):
    """Names of the arguments without which a page cannot be called."""
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {
        name
        for name, argument in inspect.signature(endpoint).parameters.items()
        if argument.kind in kinds and argument.default is argument.empty and name != "self"
    }


def _without_traceback(response, kind):
    """Take out of an answer in JSON what only developers need.

    :param kind: ``json2``, whose body is the error, or ``jsonrpc``
    """
    body = json.loads(response.get_data())
    error = body if kind == "json2" else body.get("error", {}).get("data", {})
    error.pop("debug", None)
    if kind == "json2" and response.status_code >= 500:
        # the words of a fault of ours may hold a query or a path
        error.update(message="Internal Server Error", arguments=[], context={})
    response.set_data(json.dumps(body))
