import json
import secrets
from urllib.parse import urlencode
from uuid import uuid4

from werkzeug.exceptions import BadRequest

from odoo.exceptions import UserError
from odoo.http import request, route

from ...intake.filing import clean_text, parse_id
from ...intake.page_headers import let_fonts, protect_page
from ...intake.uploads import ACCEPT
from .portal_draft import WaterPortalDraft

#: Fields of our forms in the order in which they stand there; answers follow the description.
ORDER = (
    *("form", "category_id", "description", "answer", "occurred_at", "demand", "account_id"),
    *("address", "account_code", "position", "files", "contact_name", "phone", "email"),
)
#: Fields of the form to change a password.
PASSWORDS = {"old", "new1", "new2"}


class WaterPortal(WaterPortalDraft):
    """Thin pages: read the request, ask the case's gateway, render plain values."""

    def _water_counts(self, counters, **models):
        """Return the numbers of the home page: all, and those that wait for the customer."""
        values = {}
        for kind, model in models.items():
            if f"{kind}_count" in counters:
                values[f"{kind}_count"] = request.env[model]._portal_count()
            if f"{kind}_waiting" in counters:
                values[f"{kind}_waiting"] = request.env[model]._portal_waiting_count()
        return values

    def _prepare_home_portal_values(self, counters):
        """Return whether the user has data of ours: others are not shown empty pages."""
        values = super()._prepare_home_portal_values(counters)
        if not counters:  # the page itself; its numbers are asked for afterwards
            values["water_customer"] = request.env["water.intake"]._portal_is_customer()
            if values["water_customer"]:
                title = request.env._("My water service")
                values |= self._water_face({"title": title})
        return values

    # -- routes ---------------------------------------------------------------------------

    @route()
    def security(self, **post):
        """Odoo's page of passwords; a form without its fields is refused, not a fault."""
        if request.httprequest.method == "POST" and not PASSWORDS <= post.keys():
            raise BadRequest
        return self._water_dress(super().security(**post), request.env._("Signing in"))

    # -- what every case type's routes do -------------------------------------------------

    def _water_base(self, page_name, **values):
        return {**self._prepare_portal_layout_values(), "page_name": page_name, **values}

    def _water_render(self, template, values, status=200):
        nonce = secrets.token_urlsafe(16)
        values = {**self._water_face(values), "csp_nonce": nonce}
        response = protect_page(request.render(template, values, status=status), nonce)
        # Odoo's website app sets it; pages without a login have no frame of its
        is_framed = hasattr(request, "website") and not values.get("public")
        return let_fonts(response) if is_framed else response

    def _water_face(self, values):
        """Title, icon and foot of a page of ours: it is the company's, not the program's."""
        words, case = values.get("words") or {}, values.get("case")
        name = case["number"] if case else words.get("many")
        if str(values.get("page_name")).endswith(("_new", "_matter", "_form")):
            name = words.get("new")
        company = request.env["res.users"]._water_stranger().sudo().company_id
        title = values.get("title") or name
        title = f"{title} · {company.name}" if title else company.name
        return {
            "no_footer": True,
            "body_classname": "o_water_face",
            "x_icon": "/water_service_desk/static/description/icon.png",
            "water_face": True,
            **values,
            "title": title,
            "water_title": title,
            "heading": values.get("title"),
        }

    def _water_dress(self, response, title):
        """Show a page of Odoo's in the company's design to our customers."""
        if response.is_qweb and request.env["water.intake"]._portal_is_customer():
            response.qcontext.update(self._water_face({**response.qcontext, "title": title}))
        return response

    def _water_words(self, model):
        return request.env[model]._portal_words()

    def _water_new(self, model, params):
        """The form, or the filing of it; a refused form comes back with all that was typed."""
        if request.httprequest.method != "POST":
            again = self._water_again(params.get("again"))
            # a matter chosen afresh goes before the one of the refused form
            typed = {**again.get("typed", {}), **params}
            return self._water_form(model, typed, again.get("errors"), again.get("status", 200))
        draft = self._water_draft(params.get("draft"))
        try:
            files = [*self._water_kept_files(draft), *self._water_files()]
            case = self._water_here(model)._portal_submit(params, files)
        except UserError as refusal:
            return self._water_new_refused(model, params, self._water_errors(refusal))
        draft._forget()
        return request.redirect(f"{case._portal_url}/{case.id}?done=filed", code=303)

    def _water_kept_files(self, draft):
        return draft._chosen(request.httprequest.form.getlist("keep"))

    def _water_new_refused(self, model, params, errors, **more):
        """Show the form again, with its files."""
        typed = {**params, "draft": self._water_store(params.get("draft"), self._water_files())}
        kind = clean_text(params.get("type"), 20)
        query = f"?{urlencode({'type': kind})}" if kind else ""
        path = f"{request.env[model]._portal_url}/new{query}"
        return self._water_refused(path, typed, errors, **more)

    def _water_form(self, model, params, errors=None, status=200):
        """The form of a matter; without a matter the list of them."""
        cases, words = request.env[model], self._water_words(model)
        typed = {name: clean_text(value) for name, value in params.items()}
        number = parse_id(typed.get("category_id"))
        category = cases._filing_categories().filtered(lambda row: row.id == number)
        base = self._water_base(
            f"{words['kind']}_new",
            words=words,
            layout="portal.portal_layout",
            public=False,
            typed=typed,
            errors=dict(errors or {}),
            hotline=request.env.company.sudo().water_hotline,
            matter_url=self._water_matter_url(f"{cases._portal_url}/new", typed, "category_id"),
            back_url="/my/water/new",
            base_url=cases._portal_url,
        )
        if not category:
            base["families"] = self._water_families(cases, typed)
            return self._water_render("water_service_desk.public_matter", base, status)
        base["errors"].pop("category_id", None)
        values = {**base, **self._water_form_values(cases, category, typed)}
        return self._water_render("water_service_desk.public_form", values, status)

    def _water_matter_url(self, path, typed, name):
        """Return the address of a category's form; earlier input goes along."""
        kept = {key: typed[key] for key in ("type", "again", "draft") if typed.get(key)}
        return f"{path}?{urlencode({**kept, name: ''})}"

    def _water_form_values(self, cases, category, typed):
        """Return the values of a signed-in customer's form for the category."""
        partner = request.env.user.partner_id
        typed.setdefault("phone", partner.phone or "")
        typed["submission_key"] = typed.get("submission_key") or str(uuid4())
        accounts = cases._filing_accounts(partner)
        typed.setdefault("account_id", str(accounts.id) if len(accounts) == 1 else "")
        draft = self._water_draft(typed.get("draft"))
        path = f"{cases._portal_url}/new"
        kind = {"type": typed["type"]} if typed.get("type") else {}
        files = {"draft": typed["draft"]} if typed.get("draft") else {}
        matter = {**kind, "category_id": category.id, **files}
        return {
            # after a new sign-in the customer returns here, to the input
            "form_url": f"{path}?{urlencode(matter)}",
            "back_url": f"{path}?{urlencode(kind)}" if kind else path,
            "form_key": f"{cases._portal_words()['kind']}_new",
            "accounts": [(str(row.id), row.code, row.address) for row in accounts],
            **self._water_asked(cases, category, draft, typed.get("draft")),
        }

    def _water_asked(self, cases, category, draft, token=None):
        """Return the questions that every form of a category asks.

        :param token: of the form's draft; if it has expired, the page says so
        """
        company = request.env.company.sudo()
        return {
            "category": {
                "id": category.id,
                "name": category.public_name or category.name,
                "icon": category.icon or category.parent_id.icon or "fa-comment-o",
                "is_emergency": category.severity == "emergency",
            },
            "questions": category._public_questions(),
            "texts": cases._asked_texts(),
            "required": cases._required_facts,
            "may_be_anonymous": cases._anonymous_filing,
            "limits": cases._text_limits,
            "upload": self._water_upload(company),
            "draft": draft.token,
            "files": self._water_draft_files(draft),
            "files_lost": bool(token) and not draft,
        }

    def _water_families(self, cases, typed):
        """Categories by family for the form: [{name, icon, open, choices}]."""
        chosen = parse_id(typed.get("category_id"))
        families = {}
        for category in cases._filing_categories():
            family = category.parent_id or category
            group = families.setdefault(
                family,
                {
                    "id": family.id,
                    "name": family.public_name or family.name,
                    "icon": family.icon or "fa-comment-o",
                    "open": False,
                    "choices": [],
                },
            )
            group["open"] |= category.id == chosen
            name = category.public_name or category.name
            group["choices"].append(
                {
                    "id": category.id,
                    "icon": category.icon or family.icon or "fa-comment-o",
                    "name": name if category != family else request.env._("Something else"),
                    "chosen": category.id == chosen,
                    "last": category == family,
                }
            )
        for group in families.values():
            group["choices"].sort(key=lambda choice: choice["last"])
        return list(families.values())

    def _water_here(self, model):
        """Return the model in the customer's language and the page's time zone, for new records."""
        zone = request.env.company._water_reader_tz()
        return request.env[model].with_context(tz=zone)

    def _water_upload(self, company):
        """Return the limits of files for the form."""
        return {
            "accept": ACCEPT,
            "max_files": company.water_upload_max_files,
            "max_mb": company.water_upload_max_mb,
            "help": company._water_upload_help(),
            "words": json.dumps(self._water_upload_words(company), ensure_ascii=False),
        }

    def _water_upload_words(self, company):
        """Return the script's texts about choosing and sending files."""
        env = request.env
        most, limit = company.water_upload_max_files, company.water_upload_max_mb
        return {
            "waiting": env._("waiting"),
            "done": env._("sent"),
            "remove": env._("Remove"),
            "again": env._("Try again"),
            "failed": env._("This was not sent."),
            "lost": env._("The connection was lost."),
            "many": env._("Choose at most %s files.", most),
            "large": env._("Larger than %s MB.", limit),
        }

    def _water_page(self, model, case_id, params):
        case = request.env[model]._portal_find(case_id)
        if not case:
            return request.not_found()
        if case._portal_reads_for_holder():
            case._portal_opened()
        return self._water_case(case, **self._water_shown(params))

    def _water_shown(self, params):
        """Return the result or refusal of the last action for a case's page."""
        again = self._water_again(params.get("again"))
        names = ("typed", "errors", "action", "status")
        kept = {name: again[name] for name in names if name in again}
        return {"done": params.get("done"), **kept}

    def _water_case(
        self, case, done=None, typed=None, errors=None, action=None, status=200, **more
    ):
        """Render the detail page.

        :param done: the last action, from the address; unknown values are ignored
        :param action: the refused form, shown open with its input
        :param more: further values of the page
        """
        # customers of two companies see and call the case's company
        words, company = self._water_words(case._name), case.company_id
        return self._water_render(
            "water_service_desk.portal_case",
            self._water_base(
                f"{words['kind']}_page",
                words=words,
                base_url=case._portal_url,
                case=case._portal_page(),
                filed=done == "filed",
                done=case._portal_done(done),
                sent=f"{words['kind']}_new" if done == "filed" else f"{case.name}_{done}",
                typed=typed or {},
                errors=errors or {},
                action=action,
                error_places=self._water_places(action, typed or {}),
                limits=case._text_limits,
                upload=self._water_upload(request.env.company.sudo()),
                company_name=company.name,
                hotline=company.water_hotline,
                **{"new_url": f"{case._portal_url}/new", **more},
            ),
            status=status,
        )

    def _water_places(self, action, typed):
        if action == "material":
            return {"files": f"material_{parse_id(typed.get('material_id'))}"}
        return {"files": f"{action}_files"}

    def _water_action(self, model, case_id, action, params):
        """Do the action of a form of the detail page; a GET request changes nothing."""
        case = self._water_here(model)._portal_find(case_id)
        if not case or action not in case._portal_actions():
            return request.not_found()
        url = f"{case._portal_url}/{case.id}"
        if request.httprequest.method != "POST":
            return request.redirect(url, code=303)
        try:
            case._portal_do(action, params, self._water_files())
        except UserError as refusal:
            errors, status = self._water_errors(refusal), refusal.http_status
            return self._water_refused(url, params, errors, status, action=action)
        return request.redirect(f"{url}?done={case._portal_outcome(action)}", code=303)

    def _water_errors(self, refusal):
        errors = getattr(refusal, "errors", None) or {"form": str(refusal)}

        def place(name):
            name = "answer" if name.startswith("answer_") else name
            return ORDER.index(name) if name in ORDER else len(ORDER)

        return {name: errors[name] for name in sorted(errors, key=place)}

    def _water_file(self, model, case_id, attachment_id):
        """Return a published file; pictures are shown, others downloaded."""
        file = request.env[model]._portal_find(case_id)._portal_file(attachment_id)
        return self._water_send(file)
