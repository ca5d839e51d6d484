import base64
import os

from odoo.exceptions import AccessDenied
from odoo.http import Controller, request, route

from odoo.addons.auth_totp.controllers.home import Home
from odoo.addons.auth_totp.models.totp import TOTP_SECRET_SIZE

from ..models.ir_http import PAGE
from ..models.res_users import PROVED

#: Where the secret waits until a code has shown that it is known outside.
WAITING = "water_second_factor"


class WaterSecondFactor(Controller):
    """Page on which users who need a second factor set it up."""

    @route(PAGE, type="http", auth="user", methods=["GET", "POST"])
    def second_factor(self, code="", **kw):
        """Show a secret, and take the first code that is made of it."""
        user = request.env.user
        if user._mfa_type():
            return request.redirect("/odoo")
        if request.httprequest.method != "POST":
            return self._page()
        try:
            error = self._fault(user, code)
        except AccessDenied as refusal:
            error = str(refusal)
        if error:
            return self._page(error, 422)
        request.session.pop(WAITING, None)
        return request.redirect("/odoo", code=303)

    def _fault(self, user, code):
        """Check the code and turn the second factor on.

        :return: error message, empty when it worked
        :raises AccessDenied: after too many attempts
        """
        secret = request.session.get(WAITING)
        digits = "".join(code.split())
        if not secret or not (digits.isascii() and digits.isdigit() and len(digits) == 6):
            return request.env._("Type the six digits that your telephone shows.")
        user._totp_rate_limit("code_check")
        if not user._totp_try_setting(secret, int(digits)):
            return request.env._(
                "This code does not fit. Wait for the next one, and check the clock of your"
                " telephone."
            )
        user._totp_rate_limit_purge("code_check")
        return None

    def _page(self, error=None, status=200):
        secret = request.session.get(WAITING)
        if not secret:
            secret = base64.b32encode(os.urandom(TOTP_SECRET_SIZE // 8)).decode()
            request.session[WAITING] = secret
        # sudo: auth_totp.wizard - draws the QR code of the user's own secret; nothing is stored
        wizard = request.env["auth_totp.wizard"].sudo()
        drawn = wizard.new({"user_id": request.env.user.id, "secret": secret})
        picture = drawn.qrcode
        values = {
            "error": error,
            "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
            "picture": picture.decode() if isinstance(picture, bytes) else picture,
        }
        response = request.render("water_service_desk.second_factor_page", values, status=status)
        response.headers["Cache-Control"] = "no-store"
        return response


class WaterHome(Home):
    """The page for the code expires no later than the password check."""

    @route()
    def web_totp(self, redirect=None, **kwargs):
        """As Odoo does, which asks for the password once: also for one that was changed since."""
        session = request.session
        if uid := not session.uid and session.get("pre_uid"):
            user = request.env["res.users"].browse(uid)
            if session.get(PROVED) != user._water_proof():
                session.logout(keep_db=True)
                return request.redirect("/web/login")
        return super().web_totp(redirect=redirect, **kwargs)
