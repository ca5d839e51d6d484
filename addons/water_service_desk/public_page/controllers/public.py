from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Datetime
from odoo.http import request, route

from ...base.marks import marked
from ...intake import proof
from ...intake.filing import FilingError, clean_text, parse_id
from ...intake.sources import source_of
from ...portal.reading import by_get
from .open_door import WaterOpenDoor

#: Fields of a form that are stored; others are ignored.
FIELDS = (
    "category_id",
    "address",
    "position",
    "occurred_at",
    "contact_name",
    "phone",
    "email",
    "is_anonymous",
    *(f"answer_{number}" for number in range(12)),
)
#: How long a challenge is valid: as long as people fill in a form.
CHALLENGE = timedelta(minutes=45)


class WaterPublic(WaterOpenDoor):
    """The public page: filing without an account, in everyday words (S3.2.1a).

    All cases are filed as the public user, even with a login: traces of an anonymous complaint must
    not reveal its author.
    """

    # -- routes ---------------------------------------------------------------------------

    @route("/water/report/challenge", type="http", auth="public", methods=["GET"])
    def report_challenge(self, form="", **kw):
        """A new challenge for a form in this browser, as JSON."""
        company = self._public_company()
        limit = company.water_challenge_per_source
        source = source_of(request.httprequest.remote_addr)
        if not request.env["water.attempt"]._take("challenge", source, limit):
            return request.make_json_response({}, [("Retry-After", "3600")], status=429)
        until = Datetime.now() + CHALLENGE
        key, bound, share = self._public_key(), self._public_bound(form), self._public_share()
        answer = proof.challenge(key, company.water_public_work, until, bound, share)
        response = request.make_json_response(answer)
        response.headers["Cache-Control"] = "no-store"
        return response

    @route(
        "/water/report/<any(complaint,inquiry,repair):kind>",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        water_upload=True,
        readonly=by_get,
    )
    def report_form(self, kind, **kw):
        """Choose the matter, fill in the form, have it checked."""
        if kind not in self._public_kinds() or not self._public_company().water_public_open:
            return request.not_found()
        if request.httprequest.method == "POST":
            return self._public_check(kind, kw)
        again = self._water_again(kw.get("again"))
        token = kw.get("draft") or again.get("typed", {}).get("draft")
        draft = self._water_draft(token)
        typed = {**(draft.form or {})} if draft.kind == kind else {}
        typed |= again.get("typed", {})
        chosen = clean_text(kw.get("category")) or typed.get("category_id")
        category = self._public_category(kind, chosen)
        errors, status = again.get("errors", {}), again.get("status", 200)
        if not category:
            return self._public_matter(kind, status, errors, {**typed, **kw})
        errors = {name: text for name, text in errors.items() if name != "category_id"}
        typed["draft"] = token
        return self._public_form(kind, category, typed, draft, errors, status)

    @route(
        "/water/report/check/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def report_check(self, token, **kw):
        """Read everything back before it is sent (S3.2.1d)."""
        draft = self._water_draft(token)
        if not draft:
            return self._public_lapsed()
        if draft.case_id:
            return request.redirect("/water/report/done", code=303)
        values = self._public_base(
            "report_check",
            title=request.env._("Please check"),
            kind=draft.kind,
            kinds=self._public_kinds(),
            draft=draft.token,
            facts=self._public_facts(draft),
            files=self._water_draft_files(draft),
        )
        return self._water_render("water_service_desk.public_check", values)

    @route("/water/report/send", type="http", auth="public", website=True, methods=["GET", "POST"])
    def report_send(self, draft=None, **kw):
        """File the case; twice sent is once filed."""
        draft = self._water_draft(draft)
        if request.httprequest.method != "POST" or not draft:
            return self._public_lapsed()
        if draft.case_id:
            return request.redirect("/water/report/done", code=303)
        over = self._public_over((draft.form or {}).get("phone"))
        if over:
            return over
        try:
            self._public_file(draft)
        except FilingError as refusal:
            typed = {**(draft.form or {}), "draft": draft.token}
            return self._water_refused(f"/water/report/{draft.kind}", typed, refusal.errors)
        return request.redirect("/water/report/done", code=303)

    @route(
        "/water/report/done",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def report_done(self, **kw):
        """Number, secret code (this once), promised times and what happens next."""
        filed = request.session.get("water_filed")
        case = filed and self._public_filed(filed)
        if not case:
            return self._public_lapsed()
        code = filed.get("code")
        if code:
            request.session["water_filed"] = {**filed, "code": None}
        words = case._portal_words()
        values = self._public_base(
            "report_done",
            title=words["filed"],
            kind=filed["kind"],
            words=words,
            case=case._portal_page(),
            code=code,
            sent=f"public_{filed['kind']}",
        )
        return self._water_render("water_service_desk.public_done", values)

    @route("/water/report/code", type="http", auth="public", website=True, methods=["GET", "POST"])
    def report_code(self, **kw):
        """A new secret code for the case just filed, in place of one that was not noted."""
        filed = request.session.get("water_filed")
        case = filed and self._public_filed(filed)
        if not case:
            return self._public_lapsed()
        if request.httprequest.method == "POST":
            anew = {"code": case._issue_query_code(), "mark": case._code_mark()}
            request.session["water_filed"] = {**filed, **anew}
        return request.redirect("/water/report/done", code=303)

    # -- who and what -----------------------------------------------------------------------

    def _public_kinds(self):
        """Return {kind: (model, kind of request)} for filing here; heirs add theirs."""
        return {"inquiry": ("water.inquiry", None), "repair": ("water.request", "repair")}

    def _public_cases(self, kind):
        model, request_type = self._public_kinds()[kind]
        cases = request.env[model].with_user(request.env["res.users"]._water_stranger())
        company = self._public_company()
        return cases.with_company(company).with_context(
            water_request_type=request_type, tz=company._water_tz()
        )

    def _public_category(self, kind, chosen):
        number = parse_id(chosen)
        return self._public_cases(kind)._filing_categories().filtered(lambda row: row.id == number)

    def _public_filed(self, filed):
        """Return the case filed in this browser, if it may still see it: not after another code
        was issued or the customer was erased.
        """
        if filed.get("until", 0) < Datetime.now().timestamp():
            return None
        case = self._public_cases(filed["kind"]).sudo().browse(filed["id"]).exists()
        return case if case and case._code_mark() == filed.get("mark") else None

    # -- pages ------------------------------------------------------------------------------

    def _public_matter(self, kind, status, errors, typed):
        """Choose the category."""
        cases = self._public_cases(kind)
        values = self._public_base(
            "report_matter",
            kind=kind,
            words=cases._portal_words(),
            families=self._water_families(cases, {}),
            errors=errors,
            typed=typed,
            matter_url=self._water_matter_url(f"/water/report/{kind}", typed, "category"),
            back_url="/water/report",
        )
        return self._water_render("water_service_desk.public_matter", values, status)

    def _public_form(self, kind, category, typed, draft, errors=None, status=200):
        """The questions that matter for the category."""
        cases = self._public_cases(kind)
        values = self._public_base(
            "report_form",
            kind=kind,
            words=cases._portal_words(),
            typed=typed,
            errors=errors or {},
            form_url=f"/water/report/{kind}",
            back_url=f"/water/report/{kind}",
            form_key=f"public_{kind}",
            accounts=[],
            **self._water_asked(cases, category, draft, typed.get("draft")),
        )
        return self._water_render("water_service_desk.public_form", values, status)

    def _public_lapsed(self):
        return self._public_message(
            request.env._("This page has expired"),
            request.env._(
                "For your protection, forms and results are shown for a while only, in the"
                " browser in which they were filled in. With number and code you can follow what"
                " you have sent; what you have not sent, please fill in again."
            ),
            status=410,
        )

    def _public_facts(self, draft):
        """(label, text) pairs of everything that will be sent."""
        form, env = draft.form or {}, request.env
        category = self._public_category(draft.kind, form.get("category_id"))
        words = self._public_cases(draft.kind)._portal_words()
        anonymous = form.get("is_anonymous") == "1"
        questions = [
            (question["text"], category._public_answer(question, form.get(question["name"]) or ""))
            for question in category._public_questions()
        ]
        facts = [
            (env._("Matter"), category.public_name or category.name),
            (words["what"], form.get("description")),
            *questions,
            (env._("Happened at"), (form.get("occurred_at") or "").replace("T", " ")),
            (env._("Address"), form.get("address")),
            (env._("Position"), (form.get("position") or "").replace(",", ", ")),
            *self._public_cases(draft.kind)._texts_of_form(form),
            (env._("Your name"), env._("(anonymous)") if anonymous else form.get("contact_name")),
            (env._("Phone"), form.get("phone")),
            (env._("Email"), form.get("email")),
        ]
        return [(label, text) for label, text in facts if text]

    # -- checking and filing ----------------------------------------------------------------

    def _public_check(self, kind, params):
        """Check a filled form: on to the read-back page, or back with its errors."""
        names = (*FIELDS, *marked(self._public_cases(kind), "water_filed"))
        typed = {name: clean_text(params.get(name)) for name in names}
        typed = {name: text for name, text in typed.items() if text}
        category = self._public_category(kind, typed.get("category_id"))
        if not category:
            errors = {"category_id": request.env._("Choose one of the matters in the list.")}
            return self._water_refused(f"/water/report/{kind}", typed, errors)
        drafts = {"draft_source": self._public_drafts()}
        over = self._public_over(typed.get("phone"), drafts)
        if over:
            return over
        former = self._water_draft(params.get("draft"))
        source, _limit, lasts = self._public_drafts()
        counted = request.env["water.attempt"]._keep("draft_source", source, lasts)
        try:
            self._public_visitor(kind, params)
            draft = self._public_begin(kind, typed, former)
        except UserError as refusal:
            counted.unlink()  # errors of input do not count against the limits
            kept = self._water_store(params.get("draft"), self._water_files())
            errors = self._water_errors(refusal)
            return self._water_refused(f"/water/report/{kind}", {**typed, "draft": kept}, errors)
        self._water_remember(draft)
        return request.redirect(f"/water/report/check/{draft.token}", code=303)

    def _public_begin(self, kind, typed, former):
        cases, files = self._public_cases(kind), self._water_files()
        kept = request.httprequest.form.getlist("keep")
        nobody = request.env["res.partner"]
        cases.sudo()._checked_filing(typed, [*former._chosen(kept), *files], nobody)
        drafts = cases.env["water.filing.draft"]
        with request.env.cr.savepoint():
            return drafts._begin(kind, typed, files, former, kept)

    def _public_file(self, draft):
        """File the draft, count it, and let this browser follow the case."""
        cases = self._public_cases(draft.kind)
        phone = (draft.form or {}).get("phone")
        channel = request.env.ref("water_service_desk.channel_web").sudo()
        case = draft._file(cases, channel)
        attempts = request.env["water.attempt"]
        for kind, (subject, _limit, lasts) in self._public_limits(phone).items():
            attempts._keep(kind, subject, lasts)
        until = (Datetime.now() + timedelta(minutes=30)).timestamp()
        request.session["water_filed"] = {
            "kind": draft.kind,
            "id": case.id,
            "code": case._issue_query_code(),
            "mark": case._code_mark(),
            "until": until,
        }
