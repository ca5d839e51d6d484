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
#: What Odoo ends in where a caller sends what it cannot mean: text for a number, a day of year 0,
#: a field that is not there, too few arguments.
ODD = (ValueError, TypeError, OverflowError, AssertionError, AttributeError, LookupError)
#: Where Odoo calls the method that a remote caller has named.
DOORS = frozenset({"call_kw", "web_json_2_rpc"})
#: Where machines of older days call, without a language.
OLDER = ("/xmlrpc/", "/jsonrpc")
#: Whether a request came by the way of this database, on which faults are told in words.
BY_THIS_WAY: ContextVar = ContextVar("water_by_this_way", default=False)
NOT_POSSIBLE = "A value is not possible here. Nothing was saved."
#: What Python puts between a method and the one that it hands on to.
BETWEEN = frozenset({"warnings", "typing_extensions"})


def is_of_the_caller(exception):
    """Whether a remote caller's own values have led to a fault.

    They have where the call was of another shape than Odoo's method takes; and where Odoo stumbled
    over them, and what is ours has only handed them on: each of its methods in the way was just
    asking Odoo's of the same name, or looks for what a condition means. All else is a fault of
    ours.

    :param exception: with its traceback
    """
    frames = [frame for frame, _line in traceback.walk_tb(exception.__traceback__)]
    frames = list(dropwhile(lambda frame: frame.f_code.co_name not in DOORS, frames))
    if not (frames and isinstance(exception, ODD)):
        return False
    if _is_misshaped(_call_of(exception)):
        return True
    # no day of ours lies at the end of the calendar: whoever counts on from it was given it
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
    """Names and values of the function that has called the method which a caller named.

    :param exception: with its traceback
    """
    for frame, _line in traceback.walk_tb(exception.__traceback__):
        if frame.f_code.co_name in DOORS:
            return frame.f_locals
    return {}


def _is_of_ours(called):
    """Whether a model of ours was called."""
    model = called.get("Model", called.get("model"))
    return isinstance(model, models.BaseModel) and model._name.startswith("water.")


def _is_misshaped(called):
    """Whether a door was given something else than the method takes that it calls.

    :param called: as :func:`_call_of` gives it
    """
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
        """The older interfaces tell machines no more of our inside than the newer one does.

        They have not said whom they call about when a request is looked at; and by XML a fault is
        written out, with its way through the server, before anybody else sees it.

        :param fault: in whose traceback the call stands
        """
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
        """As Odoo does, which ends in a fault where an address that is sent has two lines."""
        return super()._redirect("".join(location.splitlines()), code)

    @classmethod
    def _water_ask_older(cls, env, called):
        """What is asked of a call at the other doors, asked at the older ones.

        :param env: of the caller, who has just proved who he is
        :param called: model, method, args and kwargs; what he may not say is taken out
        :raises UserError: for a call on a model of ours that came by the way of no database, on
            which a fault would be told with its way through the server
        """
        if not BY_THIS_WAY.get() and str(called["model"]).startswith("water."):
            words = env._("Name the database in the header X-Odoo-Database: %s", env.cr.dbname)
            raise UserError(words)
        enter(env, called)

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
    def _in_words(cls, exception):
        """A plain refusal in place of an error of the database, or of Odoo's over values that
        mean nothing; the web client shows no other.
        """
        if isinstance(exception, QueryCanceled):
            words = request.env._(
                "The database took longer than it may. Nothing was saved; please try again."
            )
        elif isinstance(exception, OperationalError):
            words = request.env._(
                "Somebody else was changing the same at this moment. Nothing was saved; please try"
                " again."
            )
        elif isinstance(exception, Error) or is_of_the_caller(exception):
            _logger.info("A remote call with values that mean nothing", exc_info=exception)
            words = request.env._("A value is not possible here. Nothing was saved.")
        else:
            return exception
        return UserError(words).with_traceback(exception.__traceback__)
