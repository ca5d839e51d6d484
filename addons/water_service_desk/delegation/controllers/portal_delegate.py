from odoo.exceptions import UserError
from odoo.http import request, route

from ...base.scope import uses
from ...intake.filing import clean_text
from ...portal.controllers.portal import WaterPortal

LIST = "/my/delegates"
DELEGATION = "water_service_desk.group_use_delegation"


class WaterDelegatePortal(WaterPortal):
    """The delegates of the customer's accounts, and the customer's own delegations."""

    @route(LIST, type="http", auth="user", website=True, methods=["GET"], readonly=True)
    def delegates(self, done=None, **kw):
        """Show the delegates of the customer, and the accounts the customer acts for."""
        if not uses(request.env, DELEGATION):
            return request.not_found()
        return self._delegate_page(done=done)

    @route(f"{LIST}/invite", type="http", auth="user", website=True, methods=["GET", "POST"])
    def delegate_invite(self, **kw):
        """Invite a delegate; a GET request changes nothing."""
        if not uses(request.env, DELEGATION):
            return request.not_found()
        if request.httprequest.method != "POST":
            return request.redirect(LIST, code=303)
        try:
            request.env["water.account.delegate"]._portal_invite(kw)
        except UserError as refusal:
            typed = {name: clean_text(value) for name, value in kw.items()}
            errors = self._water_errors(refusal)
            return self._delegate_page(typed=typed, errors=errors, status=refusal.http_status)
        return request.redirect(f"{LIST}?done=invite", code=303)

    @route(
        f"{LIST}/<int:delegate_id>/<any(revoke,again,resign):action>",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
    )
    def delegate_action(self, delegate_id, action, **kw):
        """Revoke, renew or resign; a GET request changes nothing."""
        row = request.env["water.account.delegate"]._portal_find(delegate_id)
        if not row:
            return request.not_found()
        if request.httprequest.method != "POST":
            return request.redirect(LIST, code=303)
        try:
            row._portal_do(action)
        except UserError as refusal:
            errors = self._water_errors(refusal)
            return self._delegate_page(errors=errors, status=refusal.http_status)
        return request.redirect(f"{LIST}?done={action}", code=303)

    @route(
        f"{LIST}/accept/<string:token>",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
    )
    def delegate_accept(self, token, answer=None, code="", **kw):
        """Show the invitation and take the answer; the link works once."""
        row = request.env["water.account.delegate"]._of_token(token)
        if not row:
            return self._delegate_invitation(None, status=410)
        if request.httprequest.method != "POST" or answer not in ("accept", "decline", "code"):
            return self._delegate_invitation(row, token)
        try:
            if answer == "code":
                row._send_proof()
                return request.redirect(f"{LIST}/accept/{token}?sent=1", code=303)
            row._portal_answer(answer == "accept", code)
        except UserError as refusal:
            errors = self._water_errors(refusal)
            return self._delegate_invitation(row, token, errors, refusal.http_status)
        return request.redirect(f"{LIST}?done={answer}", code=303)

    # -- pages --------------------------------------------------------------------------------

    def _delegate_words(self):
        return {"kind": "delegate", "many": request.env._("My delegates")}

    def _delegate_page(self, done=None, typed=None, errors=None, status=200):
        delegates = request.env["water.account.delegate"]
        return self._water_render(
            "water_service_desk.portal_delegates",
            self._water_base(
                "delegate_list",
                words=self._delegate_words(),
                base_url=LIST,
                typed=typed or {},
                errors=errors or {},
                done=self._delegate_done().get(done),
                today=delegates._today().isoformat(),
                **delegates._portal_overview(),
            ),
            status=status,
        )

    def _delegate_invitation(self, row, token="", errors=None, status=200):
        card = row and row._portal_card()
        response = self._water_render(
            "water_service_desk.portal_invitation",
            self._water_base(
                "delegate_page",
                words=self._delegate_words(),
                base_url=LIST,
                invitation=card,
                token=token,
                needs_code=row and not row._is_invited_login(),
                sent=request.httprequest.args.get("sent"),
                errors=errors or {},
                hotline=request.env.company.sudo().water_hotline,
            ),
            status=status,
        )
        response.headers["Referrer-Policy"] = "no-referrer"  # the link is in the address
        return response

    def _delegate_done(self):
        env = request.env
        return {
            "invite": env._("The invitation is on its way. It is valid for seven days."),
            "again": env._("A new invitation is on its way. The link before it is void."),
            "revoke": env._("Revoked. This person can no longer act for your account."),
            "resign": env._("You no longer act for this account."),
            "accept": env._("Thank you. You may act for the account now."),
            "decline": env._("You have declined. The account holder will be notified."),
        }
