from urllib.parse import urlsplit

import werkzeug.exceptions

from odoo import models
from odoo.http import request

from ...base.tables import table
from ...intake.models.ir_http import at_ours

#: the routes that are watched
OURS = "odoo.addons.water_"


class IrHttp(models.AbstractModel):
    """Pages of customers take no more than they should, and keep apart who reads them."""

    _inherit = "ir.http"

    #: session keys of pages, deleted when another user signs in; rooms add theirs
    _water_page_keys = frozenset({"water_again", "water_drafts"})

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Refuse a body that is too large, and a customer who sends too often, in words.

        Routes marked ``water_upload=True`` take as much as the company's upload limits say.
        """
        super()._pre_dispatch(rule, args)
        if not rule.endpoint.func.__module__.startswith(OURS):
            return
        cls._water_isolate()
        cls._water_speak_as_page()
        if rule.endpoint.routing.get("water_upload"):
            cls._water_check_size()
        if request.httprequest.method == "POST":
            cls._water_check_rate()

    @classmethod
    def _water_isolate(cls):
        """Clear the session of another user on sign-in.

        Signing out clears it too; input of an anonymous visitor stays when signing in to send it.
        """
        session = request.session
        if not session.uid or session.get("water_whose") == session.uid:
            return
        if session.get("water_whose"):
            for key in table(request.env["ir.http"], "_water_page_keys"):
                session.pop(key, None)
        session["water_whose"] = session.uid

    @classmethod
    def _water_speak_as_page(cls):
        """Use the page's language for its scripts, whose addresses have none."""
        user = request.env.user
        if request.is_frontend or not user or user._is_internal():
            return
        lang = request.env["ir.http"].get_nearest_lang(request.cookies.get("frontend_lang"))
        if lang:
            request.update_context(lang=lang)

    @classmethod
    def _post_dispatch(cls, response):
        """Forbid caching of customers' pages, also of Odoo's own."""
        result = super()._post_dispatch(response)
        if request.env.uid and request.env.user._is_portal() and response.mimetype == "text/html":
            response.headers.setdefault("Cache-Control", "no-store")
        return result

    @classmethod
    def _get_error_html(cls, env, code, values):
        """Show errors of our pages in our words, with the hotline."""
        if not at_ours():
            return super()._get_error_html(env, code, values)
        back = cls._water_form_before(values.get("exception"))
        title, text = cls._water_fault_of_form(env) if back else cls._water_fault(env, code)
        company = env["res.users"]._water_stranger().sudo().company_id
        values = {
            **values,
            "title": title,
            "text": text,
            "back": back,
            "hotline": company.water_hotline,
            "water_title": f"{title} · {company.name}",
        }
        return code, env["ir.ui.view"]._render_template("water_service_desk.portal_fault", values)

    @classmethod
    def _water_form_before(cls, exception):
        """Return the page of a form sent in an ended or changed session.

        Other requests are not answered so: signing in or out beside an open form is no mistake.
        """
        if "CSRF" not in str(getattr(exception, "description", "")):
            return None
        before = urlsplit(request.httprequest.referrer or "")
        if before.netloc != request.httprequest.host or not before.path.startswith("/"):
            return None
        query = f"?{before.query}" if before.query else ""
        return f"/{before.path.lstrip('/')}{query}"

    @classmethod
    def _water_fault_of_form(cls, env):
        return env._("This form was open for too long"), env._(
            "You have signed in or out since, or too much time has passed, so it was not sent. Go "
            "back, check your text, and send it again."
        )

    @classmethod
    def _water_fault(cls, env, code):
        """(title, text) of the page for an HTTP status."""
        if code in (404, 410):
            return env._("This page is not there"), env._(
                "The address may be mistyped, or what stood here has been taken away."
            )
        if code == 403:
            return env._("This page is not open to you"), env._(
                "Sign in with the account that it belongs to, or call us."
            )
        if code >= 500:
            return env._("Something went wrong on our side"), env._(
                "We have been notified. Your last message may not have arrived: please try again "
                "in a few minutes, or call us."
            )
        return env._("This could not be read"), env._(
            "Please go back in your browser and send it again, or call us."
        )

    @classmethod
    def _water_check_size(cls):
        company = request.env.company.sudo()
        limit = (company.water_upload_max_files * company.water_upload_max_mb + 1) * 1024 * 1024
        request.httprequest.max_content_length = limit
        if (request.httprequest.content_length or 0) > limit:
            words = company._water_upload_help()
            cls._water_abort("water_service_desk.portal_too_large", {"help": words}, 413, words)

    @classmethod
    def _water_check_rate(cls):
        """Count forms of signed-in customers, new ones by themselves."""
        user, company = request.env.user, request.env.company.sudo()
        if not user or user._is_public() or user._is_internal():
            return
        if getattr(request, "water_counted", False):
            return  # Odoo begins a request again that has met another one in the database
        attempts, limit = request.env["water.attempt"], company.water_portal_per_user
        if not attempts._take("portal_send", str(user.id), limit):
            values = {"hotline": company.water_hotline}
            words = request.env._("Too many at once. Please try again later.")
            cls._water_abort("water_service_desk.portal_too_many", values, 429, words)
        attempts._settle()
        request.water_counted = True

    @classmethod
    def _water_abort(cls, template, values, status, words):
        """End the request with a page; routes for scripts return the text."""
        if request.is_frontend:
            response = request.render(template, values, status=status)
            response.flatten()
        else:
            response = request.make_json_response({"error": words}, status=status)
        if status == 429:
            response.headers["Retry-After"] = "3600"
        werkzeug.exceptions.abort(response)
