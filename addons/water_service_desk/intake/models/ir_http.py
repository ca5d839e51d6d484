import functools
import inspect
import json
import re

import werkzeug.exceptions

from odoo import models
from odoo.http import request

from ...base.roles import INTEGRATION
from ..page_headers import protect_any

#: No address of a page holds one; a database and a header take none.
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: Beginning of the names of our addons.
OURS = "water_"
#: Beginning of the names of our models.
MODELS = "water."


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        """Refuse addresses that would end in a fault further in."""
        if CONTROL.search(path_info):
            raise werkzeug.exceptions.BadRequest
        rule, args = super()._match(path_info)
        request.water_is_ours = _is_ours(rule, args)
        return rule, args

    @classmethod
    def _dispatch(cls, endpoint):
        """Refuse what Odoo answers with a fault: too few arguments, pictures below nothing.

        At our routes and those of the apps that ours stand on, which strangers and customers reach
        by ours; what routes of other apps make of their arguments is their own affair.
        """
        params = request.params
        if request.dispatcher.routing_type == "http" and cls._water_answers_for(endpoint):
            below = any(str(params.get(name)).startswith("-") for name in ("width", "height"))
            if below or _needs(endpoint) - params.keys():
                raise werkzeug.exceptions.BadRequest
        return super()._dispatch(endpoint)

    @classmethod
    def _water_answers_for(cls, endpoint):
        """Whether a route is one of ours, or of an app that ours stand on."""
        addon = _module(endpoint).partition(".")[0]
        below = request.env["ir.module.module"]._water_foundation()
        return addon.startswith(OURS) or addon in below

    @classmethod
    def _post_dispatch(cls, response):
        result = super()._post_dispatch(response)
        if at_ours():
            protect_any(response, request.httprequest.scheme == "https")
        return result

    @classmethod
    def _water_is_ours(cls):
        """Tell whether the request is about a model of ours, or at an address of ours."""
        params = getattr(request, "params", None) or {}
        model = str(params.get("model") or params.get("__model__"))
        return at_ours() or model.startswith("water.")

    @classmethod
    def _handle_error(cls, exception):
        """Keep the inside of the server from machines and customers: no traceback goes out.

        Staff at the web client still get theirs, to send it to whoever looks after the server;
        other apps answer as they do without us.
        """
        user = request.env.user if request.env else None
        if not (at_ours() or (user and user.has_group(INTEGRATION))):
            return super()._handle_error(exception)
        if isinstance(exception, RecursionError) and request.dispatcher.routing_type != "http":
            exception = werkzeug.exceptions.BadRequest()  # JSON nested beyond all reason
        response = super()._handle_error(exception)
        if getattr(response, "headers", None) is not None:
            protect_any(response, request.httprequest.scheme == "https")
        kind = request.dispatcher.routing_type
        if kind == "json2" or (kind == "jsonrpc" and not (user and user._is_internal())):
            _without_traceback(response, kind)
        return response

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        return [*super()._get_translation_frontend_modules_name(), "water_service_desk"]


def _is_ours(rule, args):
    """Whether a route of ours answers, or the one of JSON-2 is called about a model of ours.

    :param rule: the matched rule of the routing map
    :param args: its arguments
    """
    module = _module(rule.endpoint)
    model = args.get("__model__") or args.get("subpath")
    return module.startswith(OURS) or str(model).startswith(MODELS)


def _module(endpoint):
    """Where the function of a route is written, seen from the folder of addons."""
    return endpoint.func.__module__.removeprefix("odoo.addons.")


def at_ours():
    """Whether the request is for us, our models, or for nothing at an address below ours."""
    known = getattr(request, "water_is_ours", None)
    if _is_below_ours(request.httprequest.path) if known is None else known:
        return True
    # of a request that is refused before it is read, such as with a session that is over, none
    params = getattr(request, "params", None) or {}
    names = (params.get("model"), params.get("thread_model"))
    return any(str(name).startswith(MODELS) for name in names)


def _is_below_ours(path):
    """Whether an address at which there is no page lies below one of ours: of customers as well.

    :param path: of an address that leads nowhere, without the language before it
    """
    if path.startswith("/water/"):
        return True
    if not path.startswith("/my/") or request.env is None:
        return False
    return _head(path) in _heads(request.env["ir.http"].routing_map())


@functools.lru_cache(8)
def _heads(routing_map):
    """How the addresses of our pages for customers begin, such as ``/my/complaints``."""
    rules = (rule for rule in routing_map.iter_rules() if rule.rule.startswith("/my/"))
    return {_head(rule.rule) for rule in rules if _module(rule.endpoint).startswith(OURS)}


def _head(path):
    return "/".join(path.split("/")[:3])


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
