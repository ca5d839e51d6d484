import inspect
import re

from odoo import models
from odoo.exceptions import AccessError
from odoo.http import request

from ...base.roles import INTEGRATION
from ...intake.filing import FilingError
from .ir_model_access import OPEN

#: Paths with a limit of their own: receipts come as often as messages go, and orders of other
#: bodies are sent to the model of their cases.
COUNTED = re.compile(
    r"/json/2/(?:water\.api/|water\.message/report_delivery$|water\.\w+/import_orders$)"
)


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Count other calls of integrations: refused ones cost time as well.

        :raises TooManyError: above the company's limit
        """
        super()._pre_dispatch(rule, args)
        user = request.env.user
        cls._water_speak()
        if COUNTED.match(request.httprequest.path) or not user:
            return
        if user.has_group(INTEGRATION):
            request.water_is_ours = True  # errors of all calls are in words
            request.env["water.api.call"]._count(request.httprequest.path[:64])
            cls._water_keep_off(args.get("__model__") or args.get("model"))

    @classmethod
    def _water_keep_off(cls, model):
        """Refuse models without rights before Odoo reads the values of a call.

        :param model: its name, or None
        :raises AccessError: for models other than ours and the integration's own user
        """
        if model and model not in OPEN and not model.startswith("water."):
            words = request.env._("The interface gives no right on this. See its manual.")
            raise AccessError(words)

    @classmethod
    def _dispatch(cls, endpoint):
        """Put the language into the context: the route uses the body's context alone."""
        params = request.params
        context = params.get("context", {}) if "__method__" in params else None
        if COUNTED.match(request.httprequest.path) and isinstance(context, dict):
            params["context"] = {"lang": request.env.context.get("lang"), **context}
            cls._water_check_arguments(params)
        return super()._dispatch(endpoint)

    @classmethod
    def _water_check_arguments(cls, params):
        """Refuse unknown arguments in words, instead of Python's.

        :raises FilingError: by the name of the argument
        """
        model = request.env.registry.get(params["__model__"])
        method = getattr(model, params["__method__"], None)
        if method is None or params["__method__"].startswith("_"):
            return
        env = request.env(context={**request.env.context, **params["context"]})
        taken = inspect.signature(method).parameters
        given = params.keys() - {"__model__", "__method__", "context", "ids"}
        unknown = sorted(given - set(list(taken)[1:]))
        if unknown:
            words = env._("The interface knows no such argument. See its manual.")
            raise FilingError(dict.fromkeys(unknown, words))

    @classmethod
    def _water_speak(cls):
        """Answer in the language of the header, else in the user's."""
        if not COUNTED.match(request.httprequest.path):
            return
        lang = request.env["ir.http"].get_nearest_lang(request.best_lang)
        # sudo: res.users - one's own language
        request.update_context(lang=lang or request.env.user.sudo().lang)
