from collections.abc import Mapping

from psycopg2 import Error, OperationalError
from psycopg2.errors import QueryCanceled

from odoo import models
from odoo.exceptions import UserError
from odoo.http import request

from ..trust import MUTES


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        """Remote calls on our models come without the keys that silence and skip.

        A part of a form without a name is nobody's parameter.
        """
        request.params.pop(None, None)
        cls._water_hear(request.params, request.env)
        return super()._dispatch(endpoint)

    @classmethod
    def _redirect(cls, location, code=303):
        """As Odoo does, which ends in a fault where an address that is sent has two lines."""
        return super()._redirect("".join(location.splitlines()), code)

    @classmethod
    def _water_hear(cls, params, env):
        """Take what no client says out of the context of a remote call.

        What is archived may be read on purpose; whatever changes something goes by what counts.

        :param params: of the request; changed in place
        """
        model = params.get("model") or params.get("__model__")
        method = params.get("method") or params.get("__method__")
        holder = params["kwargs"] if isinstance(params.get("kwargs"), dict) else params
        context = holder.get("context")
        ours = isinstance(model, str) and model.startswith("water.") and model in env
        if not (ours and isinstance(method, str) and isinstance(context, Mapping)):
            return
        reads = any(
            getattr(vars(part).get(method), "_readonly", False) for part in type(env[model]).mro()
        )
        said = MUTES - {"active_test"} if reads else MUTES
        holder["context"] = {key: value for key, value in context.items() if key not in said}

    @classmethod
    def _handle_error(cls, exception):
        """Answer in the user's language where the database's own words would be shown of ours."""
        exception = cls._in_words(exception) if cls._water_is_ours() else exception
        try:
            return super()._handle_error(exception)
        except UnicodeEncodeError:  # half a sign came by JSON, and the answer would repeat it
            words = request.env._("A value is not possible here. Nothing was saved.")
            return super()._handle_error(UserError(words))

    @classmethod
    def _water_is_ours(cls):
        """Hook: whether the request is about a model of ours, or at an address of ours."""
        return str((getattr(request, "params", None) or {}).get("model")).startswith("water.")

    @classmethod
    def _in_words(cls, exception):
        """A plain refusal in place of an error of the database; the web client shows no other."""
        if isinstance(exception, QueryCanceled):
            words = request.env._(
                "The database took longer than it may. Nothing was saved; please try again."
            )
        elif isinstance(exception, OperationalError):
            words = request.env._(
                "Somebody else was changing the same at this moment. Nothing was saved; please try"
                " again."
            )
        elif isinstance(exception, Error):
            words = request.env._("A value is not possible here. Nothing was saved.")
        else:
            return exception
        return UserError(words).with_traceback(exception.__traceback__)
