import secrets
from uuid import uuid4

from werkzeug.exceptions import BadRequest

from odoo.exceptions import UserError
from odoo.http import request, route

from ...intake.filing import clean_text, parse_id
from ...intake.page_headers import protect_file, protect_page
from ...intake.uploads import ACCEPT, INLINE
from .portal_list import WaterPortalList

#: Fields of the form in which a customer changes his password.
PASSWORDS = {"old", "new1", "new2"}


class WaterPortal(WaterPortalList):
    """Thin pages: read the request, ask the case's gateway, render plain values."""

    def _water_counts(self, counters, **models):
        """The numbers of the home page: how many there are, and how many wait for the customer."""
        values = {}
        for kind, model in models.items():
            if f"{kind}_count" in counters:
                values[f"{kind}_count"] = request.env[model]._portal_count()
            if f"{kind}_waiting" in counters:
                values[f"{kind}_waiting"] = request.env[model]._portal_waiting_count()
        return values

    def _prepare_home_portal_values(self, counters):
        """Tell who has something of ours: nobody else is shown that he has none."""
        values = super()._prepare_home_portal_values(counters)
        if not counters:  # the page itself; its numbers are asked for afterwards
            values["water_customer"] = request.env["water.intake"]._portal_is_customer()
        return values

    # -- routes ---------------------------------------------------------------------------

    @route()
    def security(self, **post):
        """Odoo's page of passwords; a form without its fields is refused, not a fault."""
        if request.httprequest.method == "POST" and not PASSWORDS <= post.keys():
            raise BadRequest
        return super().security(**post)

    @route("/my/water/new", type="http", auth="user", website=True, readonly=True)
    def water_new(self, **kw):
        """Choose what to file."""
        return self._water_render("water_service_desk.portal_choice", self._water_base("water_new"))

    # -- what every case type's routes do -------------------------------------------------

    def _water_base(self, page_name, **values):
        return {**self._prepare_portal_layout_values(), "page_name": page_name, **values}

    def _water_render(self, template, values, status=200):
        """A page with its security headers; only its own scripts run."""
        nonce = secrets.token_urlsafe(16)
        response = request.render(template, {**values, "csp_nonce": nonce}, status=status)
        return protect_page(response, nonce)

    def _water_words(self, model):
        return request.env[model]._portal_words()

    def _water_new(self, model, params):
        """The form, or the filing of it; a refused form comes back with all that was typed."""
        if request.httprequest.method != "POST":
            return self._water_form(model, params)
        try:
            case = self._water_here(model)._portal_submit(params, self._water_files())
        except UserError as refusal:
            return self._water_form(model, params, self._water_errors(refusal), status=422)
        return request.redirect(f"{case._portal_url}/{case.id}?done=filed", code=303)

    def _water_form(self, model, params, errors=None, status=200):
        cases, words = request.env[model], self._water_words(model)
        partner = request.env.user.partner_id
        typed = {name: clean_text(value) for name, value in params.items()}
        typed.setdefault("phone", partner.phone or "")
        typed["submission_key"] = typed.get("submission_key") or str(uuid4())
        accounts = cases._filing_accounts(partner)
        typed.setdefault("account_id", str(accounts.id) if len(accounts) == 1 else "")
        company = request.env.company.sudo()
        return self._water_render(
            "water_service_desk.portal_form",
            self._water_base(
                f"{words['kind']}_new",
                words=words,
                base_url=cases._portal_url,
                families=self._water_families(cases, typed),
                accounts=[(str(row.id), row.code, row.address) for row in accounts],
                asks_more="demand" in cases._required_facts,
                typed=typed,
                errors=errors or {},
                limits=cases._text_limits,
                upload=self._water_upload(company),
                hotline=company.water_hotline,
            ),
            status=status,
        )

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
        """The model with the customer's language and time zone, for what is created."""
        zone = request.env.user.tz or request.env.company._water_tz()
        return request.env[model].with_context(tz=zone)

    def _water_upload(self, company):
        """What the form says of files."""
        return {
            "accept": ACCEPT,
            "max_files": company.water_upload_max_files,
            "max_mb": company.water_upload_max_mb,
            "help": company._water_upload_help(),
        }

    def _water_files(self):
        """``(name, stream)`` of each file that was really chosen, read from its beginning."""
        files = request.httprequest.files.getlist("files")
        return [(file.filename, file.stream) for file in files if file.filename]

    def _water_page(self, model, case_id, params):
        case = request.env[model]._portal_find(case_id)
        if not case:
            return request.not_found()
        if case._portal_reads_for_holder():
            case._portal_opened()
        return self._water_case(case, done=params.get("done"))

    def _water_case(
        self, case, done=None, typed=None, errors=None, action=None, status=200, **more
    ):
        """Render the detail page.

        :param done: what has just been done, from the address; unknown values show nothing
        :param action: the form that was refused, shown open with what was typed
        :param more: further values of the page
        """
        words, company = self._water_words(case._name), request.env.company.sudo()
        return self._water_render(
            "water_service_desk.portal_case",
            self._water_base(
                f"{words['kind']}_page",
                words=words,
                base_url=case._portal_url,
                case=case._portal_page(),
                filed=done == "filed",
                done=self._water_done().get(done),
                sent=f"{words['kind']}_new" if done == "filed" else f"{case.name}_{done}",
                typed=typed or {},
                errors=errors or {},
                action=action,
                error_places=self._water_places(action, typed or {}),
                limits=case._text_limits,
                upload=self._water_upload(company),
                company_name=company.name,
                hotline=company.water_hotline,
                **{"new_url": f"{case._portal_url}/new", **more},
            ),
            status=status,
        )

    def _water_places(self, action, typed):
        """{field: id of its input} where several forms of the page have a field of that name."""
        if action == "material":
            return {"files": f"material_{parse_id(typed.get('material_id'))}"}
        return {"files": f"{action}_files"}

    def _water_done(self):
        return {
            "message": request.env._("Thank you. We have received your message."),
            "callback": request.env._("Thank you. We call you at that time."),
            "settled": request.env._("Thank you. We are glad that this settles it."),
            "unsettled": request.env._("Thank you. We take your question up again."),
        }

    def _water_action(self, model, case_id, action, params):
        """Do what a form of the detail page asks for; its address alone changes nothing."""
        case = self._water_here(model)._portal_find(case_id)
        if not case or action not in case._portal_actions():
            return request.not_found()
        url = f"{case._portal_url}/{case.id}"
        if request.httprequest.method != "POST":
            return request.redirect(url, code=303)
        try:
            case._portal_do(action, params, self._water_files())
        except UserError as refusal:
            errors = self._water_errors(refusal)
            typed = {name: clean_text(value) for name, value in params.items()}
            return self._water_case(
                case, typed=typed, errors=errors, action=action, status=refusal.http_status
            )
        return request.redirect(f"{url}?done={action}", code=303)

    def _water_errors(self, refusal):
        """Messages by field; what belongs to no field stands under "form"."""
        return getattr(refusal, "errors", None) or {"form": str(refusal)}

    def _water_file(self, model, case_id, attachment_id):
        """A published file; pictures are shown, everything else is saved to disk."""
        file = request.env[model]._portal_find(case_id)._portal_file(attachment_id)
        return self._water_send(file)

    def _water_send(self, file):
        if not file:
            return request.not_found()
        stream = request.env["ir.binary"]._get_stream_from(file)
        response = stream.get_response(as_attachment=file.mimetype not in INLINE)
        return protect_file(response)
