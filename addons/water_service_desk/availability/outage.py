"""Answer 503 at each door while the database is away, and keep sessions.

Odoo takes a lost database for a wrong one: it ends the visitor's session and looks for the page
among those that need no database, so that machines read 404 (do not repeat) of a case that was
never looked for, and people have to sign in again after each restart of the database.
"""

import errno
import functools
import json
import logging
import traceback

import psycopg2
from markupsafe import Markup, escape
from psycopg2.pool import PoolError
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response

from odoo import http, sql_db, tools
from odoo.exceptions import UserError
from odoo.orm import registry
from odoo.tools import LazyTranslate

from odoo.addons.base.models.ir_qweb import QWebError

from . import versions

_lt = LazyTranslate(__name__)
_logger = logging.getLogger(__name__)

#: Seconds after which it is worth while to ask again.
AGAIN = 5
#: And a replica that did not answer: a fail-over is over by then, Odoo itself waits for 20 minutes.
REPLICA_AGAIN = 30
#: Classes and codes of PostgreSQL that mean: ask again later. None is a connection that broke; the
#: disk is full (53100) or fails (58030), there are too many connections, it is a replica, or the
#: administrator's limits ended a connection that did nothing (25P03), or took too long (25P04).
AWAY = ("08", "57P", "53100", "53300", "58030", "25006", "25P03", "25P04")
#: Locks held by others (55P03, and 40001 and 40P01 after Odoo's own retries), or statements
#: cancelled by the administrator's time limit (57014): rolled back, and safe to repeat.
BUSY = ("55P03", "40001", "40P01", "57014")
#: Errors of a full or read-only disk, or of a process out of file handles.
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE}
FULL |= {errno.ESTALE}  # of a network drive that began anew
#: Told by the server itself whether it is alive; with ``db_server_status`` it asks the database.
ALIVE = "/web/health"
#: Databases' names → the hotline, which cannot be read when it is needed.
HOTLINES = {}

TITLE = _lt("Briefly unavailable")
AGAIN_SOON = _lt("The system cannot be reached for the moment. Please try again in a minute.")
UNSENT = _lt("What you sent has not been received: go back and send it again.")
UPGRADING = _lt("The system is being upgraded. Please try again in some minutes.")
URGENT = _lt("If it is urgent, call")

PAGE = Markup("""<!DOCTYPE html>
<html lang="{lang}"><head><meta charset="utf-8"/><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<style>body{{font:1.1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1rem;
color:#1f2933;background:#fff}}h1{{font-size:1.5rem}}a{{color:#0b5fa5}}
@media(prefers-color-scheme:dark){{body{{color:#e4e7eb;background:#1f2933}}a{{color:#8cc4f0}}}}</style>
</head><body><main role="alert"><h1>{title}</h1>{lines}</main></body></html>""")


class UpgradingError(UserError):
    """Program and tables have different versions, so requests are refused."""


def is_busy(error):
    """Tell whether ``error`` means that the database did not finish a request.

    Its causes do not count: a refusal may have been made of them, in words of its own.

    :param error: any exception
    """
    while isinstance(error, QWebError):  # in the middle of a page
        error = error.__cause__
    return getattr(error, "pgcode", None) in BUSY


def is_outage(error):
    """Tell whether ``error``, or its cause, means that the database is away.

    A primary that was just demoted, or is still being promoted, is away as well, and so is a disk
    that cannot store: the request was not accepted, and may be sent again.

    :param error: any exception
    """
    return any(_is_loss(cause) for cause in _causes(error))


def _is_loss(error):
    if isinstance(error, PoolError):
        return True  # as many connections as there may be: the same, on this side
    if isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError):
        return error.pgcode is None or error.pgcode.startswith(AWAY)
    if getattr(error, "pgcode", None) and error.pgcode.startswith(AWAY):
        return True
    if isinstance(error, OSError) and error.errno in FULL:
        _logger.error("Nothing can be written: %s", error.strerror)
        return True
    return False


def _causes(error):
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def answer(request, why=AGAIN_SOON):
    """Return the answer to a request that needed the database: 503, in the visitor's language.

    :param request: Odoo's request; only parts without the database are used
    :param why: the sentence for the user
    """
    asked = request.httprequest
    lang = asked.accept_languages.best_match(["zh", "zh-CN", "en"]) or "zh"
    lang = "en_US" if lang == "en" else "zh_CN"
    if asked.path.startswith("/json/"):
        body, kind = _for_machines(why._translate(lang)), "application/json"
    elif _is_web_client(asked) or asked.headers.get("Sec-Fetch-Dest") == "empty":
        # the web client waits for this type, and shows the text for files
        body, kind = why._translate(lang), "text/plain"
    else:
        database = getattr(request, "db", None)  # known once the session is
        body, kind = _for_people(asked, database, lang, why), "text/html"
    headers = {"Retry-After": str(AGAIN), "Cache-Control": "no-store"}
    return Response(body, 503, headers, content_type=f"{kind}; charset=utf-8")


def _is_web_client(asked):
    return asked.mimetype == "application/json" and not asked.path.startswith("/json/")


def _for_machines(message):
    name = "werkzeug.exceptions.ServiceUnavailable"
    told = {"name": name, "message": message, "arguments": [], "context": {}}
    return json.dumps({**told, "debug": ""}, ensure_ascii=False)


def _for_people(asked, database, lang, why):
    lines = [why] + ([UNSENT] if asked.method == "POST" else [])
    html = Markup().join(Markup("<p>{}</p>").format(line._translate(lang)) for line in lines)
    hotline = HOTLINES.get(database) or next(iter(HOTLINES.values()), None)
    if hotline:
        link = Markup('<a href="tel:{}">{}</a>').format(hotline, hotline)
        html += Markup("<p>{} {}</p>").format(URGENT._translate(lang), link)
    title = escape(TITLE._translate(lang))
    return PAGE.format(lang=lang.replace("_", "-"), title=title, lines=html)


def _why(request, error):
    """The sentence of a 503 that is to be answered instead of ``error``, or None.

    The web client shows the sentence of a refusal above its form, which stays as it was filled in.
    """
    if is_outage(error):
        return AGAIN_SOON
    if is_busy(error):
        return None if _is_web_client(request.httprequest) else AGAIN_SOON
    if any(isinstance(cause, UpgradingError) for cause in _causes(error)):
        return None if _is_web_client(request.httprequest) else UPGRADING
    if any(versions.is_unknown(cause) for cause in _causes(error)):
        with sql_db.db_connect(request.db).cursor() as cr:
            return UPGRADING if versions.told(cr.dbname, versions.apart(cr)) else None
    return None


def _guarded(serve):
    """Let ``serve`` answer 503 while the database is away."""

    @functools.wraps(serve)
    def served(request, *args, **kwargs):
        try:
            return serve(request, *args, **kwargs)
        except Exception as error:
            why = None if request.httprequest.path == ALIVE else _why(request, error)
            if not why:
                raise
            return answer(request, why)

    return served


def _guarded_without_database(serve):
    """Likewise where Odoo found none: it takes a list that cannot be had for an empty one."""

    @functools.wraps(serve)
    def served(request):
        wanted = tools.config["db_name"] or tools.config["dbfilter"]
        if request.httprequest.path != ALIVE and wanted and not request.db:
            try:
                sql_db.db_connect("postgres").cursor().close()
            except psycopg2.Error as error:
                if is_outage(error):
                    return answer(request)
                raise
        return serve(request)

    return served


def _guarded_session(begin):
    """Likewise where sessions are in the database: whose one it is cannot be asked."""

    @functools.wraps(begin)
    def begun(request):
        try:
            begin(request)
        except Exception as error:
            if not is_outage(error):
                raise
            # what failed on the way holds a connection, which has to go back to the pool at once
            traceback.clear_frames(error.__traceback__)
            if request.httprequest.path == ALIVE:
                request.session = http.Session(http.get_default_session(), "", new=True)
                request.session.can_save = False
                return
        else:
            return
        away = ServiceUnavailable()
        away.error_response = answer(request)
        raise away

    return begun


def install():
    """Put the guards around the ways in which Odoo serves a request, once."""
    registry._REPLICA_RETRY_TIME = REPLICA_AGAIN
    if not hasattr(http.Request._serve_db, "__wrapped__"):
        http.Request._serve_db = _guarded(http.Request._serve_db)
        http.Request._serve_nodb = _guarded_without_database(http.Request._serve_nodb)
        http.Request._post_init = _guarded_session(http.Request._post_init)
