import logging
import traceback
import xmlrpc.client
from contextvars import ContextVar
from itertools import dropwhile, pairwise

from psycopg2 import Error, OperationalError
from psycopg2.errors import QueryCanceled

from odoo import models
from odoo.exceptions import UserError
from odoo.http import Response, request

from ..call_shapes import OURS, are_ids, is_misshaped
from ..door import enter

_logger = logging.getLogger(__name__)
#: Errors of Odoo about meaningless values: text for a number, a day of year 0, an unknown field,
#: too few arguments.
ODD = (ValueError, TypeError, OverflowError, AssertionError, AttributeError, LookupError)
#: Where Odoo calls the method that a remote caller has named.
DOORS = frozenset({"call_kw", "web_json_2_rpc"})
#: Where machines of older days call, without a language.
OLDER = ("/xmlrpc/", "/jsonrpc")
#: Whether a request came by the way of this database, on which faults are told in words.
BY_THIS_WAY: ContextVar = ContextVar("water_by_this_way", default=False)
NOT_POSSIBLE = "A value is not possible here. Your change was not saved."
#: Modules of decorators between a method and the one it calls.
BETWEEN = frozenset({"warnings", "typing_extensions"})


def is_of_the_caller(exception):
    """Return whether a remote caller's own values have caused a fault.

    That is so if the call's shape does not fit Odoo's method, or if Odoo failed on values that our
    methods only passed on: each of our methods in the traceback called Odoo's of the same name, or
    read a domain. All other faults are ours.

    :param exception: with its traceback
    """
    frames = [frame for frame, _line in traceback.walk_tb(exception.__traceback__)]
    frames = list(dropwhile(lambda frame: frame.f_code.co_name not in DOORS, frames))
    if not (frames and isinstance(exception, ODD)):
        return False
    if _is_misshaped(_call_of(exception)):
        return True
    # we use no days at the end of the calendar: the caller has sent one
    if isinstance(exception, OverflowError) and str(exception).startswith("date value"):
        return True
    way = [(str(frame.f_globals.get("__name__")), frame.f_code.co_name) for frame in frames]
    way = [step for step in way if step[0] not in BETWEEN]
    if way[-1][0].startswith(OURS):
        return False
    looks = (at for at, (_module, name) in enumerate(way, 1) if name.startswith("_search_"))
    return all(
        name == following
        for (module, name), (_module, following) in pairwise(way[: next(looks, None)])
        if module.startswith(OURS)
    )


def _call_of(exception):
    """Return names and values of the function that called the remote method.

    :param exception: with its traceback
    """
    for frame, _line in traceback.walk_tb(exception.__traceback__):
        if frame.f_code.co_name in DOORS:
            return frame.f_locals
    return {}


def _is_of_ours(called):
    model = called.get("Model", called.get("model"))
    return isinstance(model, models.BaseModel) and model._name.startswith("water.")


def _is_misshaped(called):
    if not _is_of_ours(called):
        return False
    model, method = called.get("Model", called.get("model")), called.get("__method__")
    method = method or called.get("name")
    ids, args = called.get("ids", ()), called.get("args") or ()
    kwargs, context = called.get("kwargs") or {}, called.get("context")
    return not are_ids(ids) or is_misshaped(model, method, args, kwargs, context)


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        """Check remote calls where they enter; drop parts of a form that have no name."""
        request.params.pop(None, None)
        enter(request.env, request.params, endpoint.routing["type"] == "json2")
        told = BY_THIS_WAY.set(True)
        try:
            return super()._dispatch(endpoint)
        except Exception as fault:
            if request.httprequest.path.startswith(OLDER):
                cls._water_tell_older(fault)
            raise
        finally:
            BY_THIS_WAY.reset(told)

    @classmethod
    def _water_tell_older(cls, fault):
        if not _is_of_ours(_call_of(fault)):
            return
        request.water_is_ours = True
        if hasattr(fault, "error_response") and not isinstance(fault, UserError):
            is_told = isinstance(fault, Error) or is_of_the_caller(fault)
            words = NOT_POSSIBLE if is_told else "Internal Server Error"
            answer = xmlrpc.client.dumps(xmlrpc.client.Fault(1, words), methodresponse=True)
            fault.error_response = Response(answer, mimetype="text/xml")

    @classmethod
    def _redirect(cls, location, code=303):
        """As Odoo, which fails on a redirect address of two lines."""
        return super()._redirect("".join(location.splitlines()), code)

    @classmethod
    def _water_ask_older(cls, env, called):
        """Check a call at the older interfaces like one at the other doors.

        :param env: of the authenticated caller
        :param called: model, method, args and kwargs; forbidden values are removed
        :raises UserError: for a call on our models without a database in the path, whose errors
            would show server internals
        """
        if not BY_THIS_WAY.get() and str(called["model"]).startswith("water."):
            words = env._("Name the database in the header X-Odoo-Database: %s", env.cr.dbname)
            raise UserError(words)
        enter(env, called)

    @classmethod
    def _handle_error(cls, exception):
        """Answer in the user's language instead of showing database errors about our tables."""
        exception = cls._in_words(exception) if cls._water_is_ours() else exception
        try:
            return super()._handle_error(exception)
        except UnicodeEncodeError:  # half a sign came by JSON, and the answer would repeat it
            words = request.env._("A value is not possible here. Your change was not saved.")
            return super()._handle_error(UserError(words))

    @classmethod
    def _in_words(cls, exception):
        """Return a plain refusal instead of database errors, or Odoo's errors about invalid values;
        the web client shows no other.
        """
        if isinstance(exception, QueryCanceled):
            words = request.env._(
                "The database took too long. Your change was not saved; please try again."
            )
        elif isinstance(exception, OperationalError):
            words = request.env._(
                "A colleague was changing the same record. Your change was not saved; please try "
                "again."
            )
        elif isinstance(exception, Error) or is_of_the_caller(exception):
            _logger.info("A remote call with values that mean nothing", exc_info=exception)
            words = request.env._("A value is not possible here. Your change was not saved.")
        else:
            return exception
        return UserError(words).with_traceback(exception.__traceback__)
