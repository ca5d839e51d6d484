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
        """Refuse addresses that would cause an error later."""
        if CONTROL.search(path_info):
            raise werkzeug.exceptions.BadRequest
        rule, args = super()._match(path_info)
        request.water_is_ours = _is_ours(rule, args)
        return rule, args

    @classmethod
    def _dispatch(cls, endpoint):
        """Refuse requests that Odoo would answer with an error: missing arguments, invalid
        picture paths.

        Only at our routes and those of the apps we depend on, which our pages lead to; other apps
        handle their own arguments.
        """
        params = request.params
        if request.dispatcher.routing_type == "http" and cls._water_answers_for(endpoint):
            below = any(str(params.get(name)).startswith("-") for name in ("width", "height"))
            if below or _needs(endpoint) - params.keys():
                raise werkzeug.exceptions.BadRequest
        return super()._dispatch(endpoint)

    @classmethod
    def _water_answers_for(cls, endpoint):
        """Return whether a route is ours, or of an app we depend on."""
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
        params = getattr(request, "params", None) or {}
        model = str(params.get("model") or params.get("__model__"))
        return at_ours() or model.startswith("water.")

    @classmethod
    def _handle_error(cls, exception):
        """Send no traceback to integrations and customers.

        Staff in the web client still get it, to pass it on to the administrator; other apps answer
        as usual.
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
    module = _module(rule.endpoint)
    model = args.get("__model__") or args.get("subpath")
    return module.startswith(OURS) or str(model).startswith(MODELS)


def _module(endpoint):
    """Return the module of a route's function, relative to the addons folder."""
    return endpoint.func.__module__.removeprefix("odoo.addons.")


def at_ours():
    """Return whether the request is for our pages or models, or below our addresses."""
    known = getattr(request, "water_is_ours", None)
    if _is_below_ours(request.httprequest.path) if known is None else known:
        return True
    # of a request that is refused before it is read, such as with a session that is over, none
    params = getattr(request, "params", None) or {}
    names = (params.get("model"), params.get("thread_model"))
    return any(str(name).startswith(MODELS) for name in names)


def _is_below_ours(path):
    """Return whether an unknown address lies below one of ours, including customers' pages.

    :param path: of the address, without its language
    """
    if path.startswith("/water/"):
        return True
    if not path.startswith("/my/") or request.env is None:
        return False
    return _head(path) in _heads(request.env["ir.http"].routing_map())


@functools.lru_cache(8)
def _heads(routing_map):
    """Return the beginnings of our customers' pages, such as ``/my/complaints``."""
    rules = (rule for rule in routing_map.iter_rules() if rule.rule.startswith("/my/"))
    return {_head(rule.rule) for rule in rules if _module(rule.endpoint).startswith(OURS)}


def _head(path):
    return "/".join(path.split("/")[:3])


@functools.lru_cache(4096)
def _needs(endpoint):
    """Return the names of a page's required arguments."""
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {
        name
        for name, argument in inspect.signature(endpoint).parameters.items()
        if argument.kind in kinds and argument.default is argument.empty and name != "self"
    }


def _without_traceback(response, kind):
    body = json.loads(response.get_data())
    error = body if kind == "json2" else body.get("error", {}).get("data", {})
    error.pop("debug", None)
    if kind == "json2" and response.status_code >= 500:
        # the words of a fault of ours may hold a query or a path
        error.update(message="Internal Server Error", arguments=[], context={})
    response.set_data(json.dumps(body))
