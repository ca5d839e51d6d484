from odoo.exceptions import UserError
from odoo.http import request, route

from ...intake.filing import clean_text
from ..reading import by_get
from .portal import WaterPortal

PAGE = "/my/notifications"


class WaterPreferencePortal(WaterPortal):
    """The customer's preferences for messages."""

    @route(PAGE, type="http", auth="user", website=True, methods=["GET", "POST"], readonly=by_get)
    def notifications(self, done=None, **kw):
        """Show and change the preferences; statutory messages are sent in any case."""
        if request.httprequest.method != "POST":
            return self._preference_page(done=done)
        partner = request.env.user.partner_id
        try:
            partner._water_keep_wishes(kw)
        except UserError as refusal:
            typed = {name: clean_text(value) for name, value in kw.items()}
            errors = self._water_errors(refusal)
            return self._preference_page(typed=typed, errors=errors, status=refusal.http_status)
        return request.redirect(f"{PAGE}?done=saved", code=303)

    def _preference_page(self, done=None, typed=None, errors=None, status=200):
        partner = request.env.user.partner_id
        saved = request.env._("Your settings are saved. They hold from the next message on.")
        return self._water_render(
            "water_service_desk.portal_notifications",
            self._water_base(
                "notification_list",
                words={"kind": "notification", "many": request.env._("My notifications")},
                base_url=PAGE,
                errors=errors or {},
                done=saved if done == "saved" else "",
                **partner._water_wishes(typed),
            ),
            status=status,
        )
