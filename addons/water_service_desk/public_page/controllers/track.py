from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Datetime
from odoo.http import request, route
from odoo.tools import consteq, hmac

from ...intake.filing import FilingError, clean_text
from ...intake.sources import source_of
from ...portal.reading import by_get
from .public import WaterPublic

#: A case once opened stays open so long in this browser, and not longer than the browser.
OPEN = timedelta(minutes=30)
COOKIE = "water_track"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: After too many wrong codes the next try waits so long, then twice as long: an owner who types
#: badly gets in, and guessing takes for ever.
FIRST_WAIT = timedelta(minutes=1)
#: One network address may be a whole estate: it may err so many times more often.
PER_SOURCE = 4
PAGE = "/water/track/case"


class WaterTrack(WaterPublic):
    """Follow a case without an account: number and code, or the link of a mail or message."""

    # -- routes ---------------------------------------------------------------------------

    @route(
        "/water/track",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        readonly=by_get,
    )
    def track(self, number="", code="", again=None, done=None, **kw):
        """Open a case with its number and code."""
        if request.httprequest.method != "POST":
            return self._track_form(self._water_again(again), done)
        number = clean_text(number, 40).upper()
        subjects = self._track_subjects(number)
        request.env["water.attempt"]._turn("track_wait", subjects["track_wait"][0])
        if self._track_over(subjects):
            return self._track_locked()
        case = request.env["water.intake"]._find_tracked(number, code)
        if not case:
            self._track_missed(subjects)
            return self._water_refused("/water/track", {"number": number}, {})
        return self._track_open(case)

    @route("/water/track/lost", type="http", auth="public", website=True, methods=["GET", "POST"])
    def track_lost(self, number="", way="", **kw):
        """Send the link of a case again to the telephone or mail that it has.

        The answer is the same whether they belong together or not.
        """
        if request.httprequest.method != "POST":
            return request.redirect("/water/track", code=303)
        number = clean_text(number, 40).upper()
        source = source_of(request.httprequest.remote_addr)
        attempts = request.env["water.attempt"]
        limits = (("lost_source", source, 10, HOUR), ("lost_case", number, 3, DAY))
        attempts._turn("lost_case", number)  # each one taken is a message to the customer
        if not all([attempts._take(*limit) for limit in limits]):
            return self._track_locked()
        try:
            self._public_visitor("lost", kw)
        except FilingError as refusal:
            return self._water_refused(
                "/water/track", {"number": number}, refusal.errors, lost=True
            )
        request.env["water.intake"]._send_link_of(number, clean_text(way, 200))
        return request.redirect("/water/track?done=lost", code=303)

    @route(
        "/water/report/follow", type="http", auth="public", website=True, methods=["GET", "POST"]
    )
    def report_follow(self, **kw):
        """Open the case just filed in this browser, without typing its code."""
        filed = request.session.get("water_filed")
        case = filed and self._public_filed(filed)
        if not case or request.httprequest.method != "POST":
            return request.redirect("/water/track", code=303)
        return self._track_open(case)

    @route(
        "/water/track/link/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
    )
    def track_link(self, token, **kw):
        """Open a case by the link of a mail or message; opening changes nothing in it."""
        subjects = {"link_source": self._track_subjects("")["track_source"]}
        if self._track_over(subjects) or not self._track_may_open():
            return self._track_locked()
        case = request.env["water.intake"]._find_linked(token)
        if not case:
            request.env["water.attempt"]._keep("link_source", subjects["link_source"][0], HOUR)
            return self._public_message(
                request.env._("This link has expired"),
                request.env._(
                    "It has expired, or we have written to you at another address since. Open"
                    " your case with number and code, or call us."
                ),
                status=410,
            )
        return self._track_open(case, by_link=True)

    @route(PAGE, type="http", auth="public", website=True, methods=["GET"], readonly=True)
    def track_case(self, done=None, **kw):
        """Follow the case that was opened."""
        case = self._track_case()
        if not case:
            return request.redirect("/water/track", code=303)
        # programs that look at mails open links too: they must not count as the customer
        if not self._track_is_staff() and not request.session["water_track"]["by_link"]:
            case._portal_opened()
        return self._track_page(case, **self._water_shown({"done": done, **kw}))

    @route(
        f"{PAGE}/<string:action>",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        water_upload=True,
    )
    def track_action(self, action, **kw):
        """Do the action of a form of the page; a GET request changes nothing."""
        case = self._track_case()
        if not case or request.httprequest.method != "POST":
            return request.redirect(PAGE if case else "/water/track", code=303)
        if action not in case._portal_actions():
            return request.not_found()
        try:
            self._track_check_person()
            if not self._track_may_send(case):
                return self._track_locked()
            case._portal_opened()
            case._portal_do(action, kw, self._water_files())
        except UserError as refusal:
            errors, status = self._water_errors(refusal), refusal.http_status
            return self._water_refused(PAGE, kw, errors, status, action=action)
        return request.redirect(f"{PAGE}?done={case._portal_outcome(action)}", code=303)

    @route(
        f"{PAGE}/file/<int:file_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def track_file(self, file_id, **kw):
        """A published file of the case that was opened."""
        case = self._track_case()
        return self._water_send(case and case._portal_file(file_id))

    @route(
        f"{PAGE}/letter/<int:notice_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def track_letter(self, notice_id, **kw):
        """The letter of a notice of the case that was opened, where its type has letters."""
        case = self._track_case()
        has_letters = case and hasattr(case, "_portal_letter")
        return self._water_send(has_letters and case._portal_letter(notice_id))

    @route(
        f"{PAGE}/visit/<int:visit_id>/calendar.ics",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def track_calendar(self, visit_id, **kw):
        """An appointment of the case that was opened, for the customer's own calendar."""
        case = self._track_case()
        return self._water_calendar(case and case._portal_calendar(visit_id))

    @route("/water/track/leave", type="http", auth="public", website=True, methods=["POST"])
    def track_leave(self, **kw):
        """Close the case in this browser, for instance a shared one."""
        for name in ("water_track", "water_filed", "water_drafts", "water_again"):
            request.session.pop(name, None)
        response = request.redirect("/water/track", code=303)
        response.set_cookie(COOKIE, "", max_age=0)
        return response

    # -- limits -----------------------------------------------------------------------------

    def _track_subjects(self, number):
        """Return {kind of attempt: (key, limit)}: the same for unknown numbers."""
        most = self._public_company().water_track_attempts
        source = source_of(request.httprequest.remote_addr)
        return {
            "track_wait": (f"{number},{source}", 1),
            "track_source": (source, most * PER_SOURCE),
        }

    def _track_missed(self, subjects):
        attempts, who = request.env["water.attempt"], subjects["track_wait"][0]
        attempts._keep("track_source", subjects["track_source"][0], HOUR)
        attempts._keep("track_case", who, DAY)
        wrong = attempts.sudo().search_count(attempts._domain("track_case", who))
        beyond = wrong - self._public_company().water_track_attempts
        if beyond >= 0:
            attempts._keep("track_wait", who, min(FIRST_WAIT * 2 ** min(beyond, 10), HOUR))

    def _track_over(self, subjects):
        attempts = request.env["water.attempt"]
        over = [attempts._is_over(kind, *subject) for kind, subject in subjects.items()]
        return any(over)

    def _track_may_open(self):
        source, most = (
            source_of(request.httprequest.remote_addr),
            self._public_company().water_track_opens,
        )
        return request.env["water.attempt"]._take("link_open", source, most)

    def _track_may_send(self, case):
        """Return whether one more form about the case is accepted."""
        subject, most = f"{case._name},{case.id}", self._public_company().water_track_actions
        return request.env["water.attempt"]._take("track_send", subject, most)

    def _track_locked(self):
        return self._public_message(
            request.env._("Closed for the moment"),
            request.env._(
                "There were too many attempts or messages, so it was not sent. Try again"
                " in a few minutes, or call us: our staff finds your case."
            ),
            status=429,
            retry=FIRST_WAIT,
        )

    # -- the case that was opened -------------------------------------------------------------

    def _track_open(self, case, by_link=False):
        """Remember in the session that this browser may see the case, and show it."""
        # the same in both requests of a double tap, whichever saves the session last
        mark = hmac(request.env(su=True), COOKIE, (request.session.sid, case._name, case.id))
        request.session["water_track"] = {
            "model": case._name,
            "id": case.id,
            "until": (Datetime.now() + OPEN).timestamp(),
            "mark": mark,
            "by_link": by_link,
            "key": self._track_key(case, by_link),
        }
        response = request.redirect(PAGE, code=303)
        secure = request.httprequest.scheme == "https"
        # without an age it ends with the browser, which Odoo's own session does not
        response.set_cookie(
            COOKIE, mark, expires=None, httponly=True, secure=secure, samesite="Lax"
        )
        return response

    def _track_case(self):
        """The case that this browser has opened and may still see, or None."""
        opened = request.session.get("water_track") or {}
        mark = request.cookies.get(COOKIE) or ""
        fresh = opened.get("until", 0) > Datetime.now().timestamp()
        if not fresh or not consteq(mark.encode(), opened["mark"].encode()):
            return None
        public = request.env["res.users"]._water_stranger()
        cases = request.env[opened["model"]].with_user(public)
        # sudo: case - this browser has shown number and code, or the signed link
        case = cases.with_context(water_page=PAGE).sudo().browse(opened["id"]).exists()
        # the key may be invalid by now: another code, address or telephone, or an erased customer
        is_valid = case and opened.get("key") == self._track_key(case, opened["by_link"])
        return case if is_valid else None

    def _track_key(self, case, by_link):
        return case._track_claims()[-1] if by_link else case._code_mark()

    def _track_is_staff(self):
        return request.env.user._is_internal()

    def _track_check_person(self):
        if self._track_is_staff():
            raise UserError(
                request.env._("You are signed in as a member of staff: only customers do this.")
            )

    # -- pages --------------------------------------------------------------------------------

    def _track_form(self, again, done=None):
        """Show the form for number and code, and the one for a lost code.

        :param again: as returned by :meth:`_water_again`
        """
        errors = again.get("errors", {})
        if again and not again.get("lost"):
            errors["form"] = request.env._(
                "The number or the code is wrong. Please check both; capital letters do not matter."
            )
        values = self._public_base(
            "track",
            title=request.env._("Follow a case"),
            typed=again.get("typed", {}),
            errors=errors,
            lost=again.get("lost"),
            done=done if done == "lost" else None,
            limits={},
        )
        status = 422 if again else 200
        return self._water_render("water_service_desk.public_track", values, status)

    def _track_page(self, case, **options):
        kinds = {model: kind for kind, (model, _type) in self._public_kinds().items()}
        kind = kinds.get(case._name)
        return self._water_case(
            case,
            tracked=True,
            public=True,
            layout="water_service_desk.public_wide",
            new_url=f"/water/report/{kind}" if kind else "/water/report",
            **options,
        )
