from datetime import timedelta

from odoo.fields import Datetime
from odoo.http import STORED_SESSION_BYTES, request
from odoo.tools.misc import hmac

from ...intake import proof
from ...intake.filing import FilingError, clean_text
from ...intake.page_headers import let_frame
from ...intake.sources import source_of
from ...portal.controllers.portal import WaterPortal

#: No person sees this field; programs that fill in everything do.
TRAP = "website"
#: Checks asked for from one address within an hour, above which each next one costs twice as much.
OFTEN = (10, 40)
#: Forms checked within an hour, by all senders, above which the proof of work doubles.
BUSY = 120
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class WaterOpenDoor(WaterPortal):
    """Common parts of pages without a login: company, access and limits."""

    def _public_company(self):
        # sudo: res.company - limits, hotline and name of the company of the public page
        return request.env["res.users"]._water_stranger().sudo().company_id

    def _public_key(self):
        return hmac(request.env(su=True), "water_service_desk.proof", "challenge")

    def _water_render(self, template, values, status=200):
        """Add the company's preview text to pages without a login."""
        if not values.get("public"):
            return super()._water_render(template, values, status)
        company = self._public_company()
        values = {"share_text": self._public_share_text(company), **values}
        response = super()._water_render(template, values, status)
        return let_frame(response, (company.water_public_frames or "").split())

    def _public_share_text(self, company):
        """Return one sentence about our pages, for previews of links."""
        text = request.env._("Outages, faults, questions, complaints and applications online.")
        return f"{text} {company.water_hotline or ''}".strip()

    def _public_base(self, page_name, **values):
        company = self._public_company()
        return {
            "page_name": page_name,
            "public": True,
            "hotline": company.water_hotline,
            "company_name": company.name,
            "errors": {},
            "typed": {},
            **values,
        }

    def _public_message(self, title, text, status, retry=None):
        """Show a page with a message and what to do."""
        values = self._public_base("report_message", title=title, text=text)
        response = self._water_render("water_service_desk.public_message", values, status)
        if retry:
            response.headers["Retry-After"] = str(int(retry.total_seconds()))
        return response

    def _public_bound(self, form):
        session = request.session.sid[:STORED_SESSION_BYTES]
        return hmac(request.env(su=True), "water_service_desk.bound", f"{form}\n{session}")

    def _public_share(self):
        """Return the factor of the proof of work: higher for frequent senders, and under load."""
        attempts = request.env["water.attempt"]
        source = source_of(request.httprequest.remote_addr)
        steps = sum(attempts._is_over("challenge", source, limit) for limit in OFTEN)
        steps += attempts._is_busy("draft_source", BUSY)
        return min(proof.FULL, proof.QUIET * 2**steps)

    def _public_visitor(self, form, params):
        """Whether a person with a browser sends this.

        :param form: name of the form, for which the work must have been done
        :raises FilingError: for programs, and for browsers that have not done their work
        """
        env = request.env
        if params.get(TRAP):
            raise FilingError(
                {"form": env._("Security check failed. Please reload the page and try again.")}
            )
        answer, bound = params.get("altcha"), self._public_bound(form)
        solved = proof.solved(self._public_key(), answer, Datetime.now(), bound)
        if not solved or not self._public_spend(solved):
            raise FilingError(
                {
                    "form": env._(
                        "The security check failed or has expired. Please send the form again. "
                        "If your browser does not run JavaScript, please call our hotline."
                    )
                }
            )

    def _public_spend(self, solved):
        """Redeem a solved challenge once; a request that Odoo repeats keeps it.

        :param solved: as returned by :func:`proof.solved`
        :return: False if another request has redeemed it
        """
        if getattr(request, "water_spent", None) == solved:
            return True
        attempts = request.env["water.attempt"]
        is_mine = attempts._spend(*solved)
        attempts._settle()
        request.water_spent = solved if is_mine else None
        return is_mine

    def _public_limits(self, phone):
        """Return {kind of attempt: (key, limit, duration)}."""
        company = self._public_company()
        source = source_of(request.httprequest.remote_addr)
        number = company._water_phone(clean_text(phone, 40)) or ""
        return {
            "file_source": (source, company.water_public_per_source, HOUR),
            "file_session": (request.session.sid, company.water_public_per_session, HOUR),
            "file_phone": (number, company.water_public_per_phone, DAY),
        }

    def _public_drafts(self):
        source, limit, lasts = self._public_limits("")["file_source"]
        return source, limit * 3, lasts

    def _public_over(self, phone, more=None):
        """Return the page about a reached limit, or None.

        :param more: further limits, as of :meth:`_public_limits`
        """
        attempts = request.env["water.attempt"]
        limits = {**self._public_limits(phone), **(more or {})}
        for kind, (subject, limit, lasts) in limits.items():
            if attempts._is_over(kind, subject, limit):
                return self._public_message(
                    request.env._("Too many at once"),
                    request.env._(
                        "Too many cases were sent from this network, so it was not sent; please "
                        "try again later or call us."
                    ),
                    status=429,
                    retry=lasts,
                )
        return None
