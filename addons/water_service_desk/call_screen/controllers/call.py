from datetime import timedelta

from odoo.http import Controller, request, route

from ...base import log_filter

log_filter.install()
MINUTE = timedelta(minutes=1)


class WaterCall(Controller):
    """The door for telephone systems: a ringing call opens the caller on the agent's screen."""

    @route("/water/call", type="http", auth="user", methods=["GET"], readonly=False)
    def call(self, phone="", account="", name="", recording="", call="", **kw):
        """Open the pick-up screen for a caller (screen-pop).

        It creates only a transient record of the agent, so GET is allowed.

        :param phone: the caller's telephone number; or ``account`` number; or ``name``
        :param recording: the telephone system's reference of the recording
        :param call: its number of the call
        """
        # sudo: res.company - its limit
        limit, user = request.env.company.sudo().water_call_per_user, str(request.env.uid)
        if not request.env["water.attempt"]._take("call", user, limit, MINUTE):
            text = request.env._("Too many calls within a minute: wait a little.")
            return request.make_response(text, [("Retry-After", "60")], status=429)
        screens = request.env["water.call"]
        screen = screens._pick_up(phone or account or name, recording, call)
        return request.redirect(f"/odoo/water-call/{screen.id}")
