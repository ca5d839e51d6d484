from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.web.controllers.utils import _get_login_redirect_url

from ...intake.filing import FilingError, clean_text
from ...privacy.masking import mask_phone
from ...public_page.controllers.open_door import WaterOpenDoor
from ..models.res_users import PROVED

PAGE = "/water/sign-in"


class WaterSignIn(WaterOpenDoor):
    """Sign in by a code to the telephone, where text messages can be sent."""

    @route(PAGE, type="http", auth="public", website=True, methods=["GET", "POST"])
    def sign_in(self, phone="", again=None, **kw):
        """Ask for the telephone number and send it a code.

        The answer is the same whether a login has this number or not.
        """
        if not request.env["water.code"]._gateway():
            return request.redirect("/web/login", code=303)
        if request.httprequest.method != "POST":
            return self._sign_in_page("phone", self._water_again(again))
        number = self._public_company()._water_phone(clean_text(phone, 40)) or ""
        try:
            self._public_visitor("sign_in", kw)
            if not number.startswith("+"):
                text = request.env._("Please check the number of the mobile telephone.")
                raise FilingError({"phone": text})
            ticket = self._sign_in_send(number)
        except UserError as refusal:
            errors = self._water_errors(refusal)
            return self._water_refused(PAGE, {"phone": phone}, errors, refusal.http_status)
        request.session["water_sign_in"] = {"ticket": ticket, "phone": mask_phone(number)}
        return request.redirect(f"{PAGE}/code", code=303)

    @route(f"{PAGE}/code", type="http", auth="public", website=True, methods=["GET", "POST"])
    def sign_in_code(self, code="", again=None, **kw):
        """Take the code, and let in whose telephone it was sent to."""
        waiting = request.session.get("water_sign_in")
        if not waiting:
            return request.redirect(PAGE, code=303)
        if request.httprequest.method != "POST":
            return self._sign_in_page("code", self._water_again(again), **waiting)
        try:
            number = request.env["water.code"]._redeem("sign_in", waiting["ticket"], code)
            users = request.env["res.users"]
            user = users._water_of_phone(number) or users._water_sign_up(number)
        except UserError as refusal:
            errors = self._water_errors(refusal)
            return self._water_refused(f"{PAGE}/code", {}, errors, refusal.http_status)
        return self._sign_in_as(user)

    def _sign_in_send(self, number):
        """Send the code to a number that has or may get a login; otherwise only seem to."""
        users = request.env["res.users"]
        is_open = users._water_may_sign_up()
        phone = number if is_open or users._water_of_phone(number) else ""
        return request.env["water.code"]._send("sign_in", number, phone, apart=not is_open)

    def _sign_in_as(self, user):
        """Begin the session; a second factor is still required."""
        request.session.pop("water_sign_in", None)
        credential = {"type": "water_code", "login": user.login, "user": user.id, "proof": PROVED}
        found = request.session.authenticate(request.env, credential)
        return request.redirect(_get_login_redirect_url(found["uid"], "/my"), code=303)

    def _sign_in_page(self, step, again, **values):
        values = self._public_base(
            "sign_in",
            title=request.env._("Sign in by text message"),
            step=step,
            limits={},
            may_sign_up=request.env["res.users"]._water_may_sign_up(),
            **values,
        )
        values |= {"errors": again.get("errors", {}), "typed": again.get("typed", {})}
        return self._water_render(
            "water_service_desk.public_sign_in", values, again.get("status", 200)
        )
