from odoo.exceptions import UserError
from odoo.http import request, route

from ...intake.filing import FilingError, clean_text
from ...intake.sources import source_of
from ...portal.controllers.portal import WaterPortal

LIST = "/my/accounts"
#: Fields of the form to bind an account; amount or meter prove it.
FACTS = ("account_code", "holder_name", "bill_amount", "meter_no")


class WaterOwnAccount(WaterPortal):
    """The household's accounts: bills, readings, and the binding of one by proof."""

    @route(LIST, type="http", auth="user", website=True, methods=["GET"], readonly=True)
    def own_accounts(self, done=None, again=None, **kw):
        """List the customer's held and bound accounts, with the form to bind another."""
        again = self._water_again(again)
        # sudo: res.users - by which telephone oneself signs in
        own_phone = request.env.user.sudo().water_phone
        held = request.env["water.account"]._portal_held(request.env.user.partner_id)
        values = {
            "accounts": [row._portal_account(delegation) for row, delegation in held.items()],
            "own_phone": own_phone,
            "done": self._own_done().get(done),
            "typed": again.get("typed", {}),
            "errors": again.get("errors", {}),
        }
        return self._own_page("own_accounts", "list", values, again.get("status", 200))

    @route(
        f"{LIST}/<int:account_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def own_account(self, account_id, **kw):
        """One account: balance, bills and readings."""
        account, delegation = self._own_held(account_id)
        if not account:
            return request.not_found()
        card = account._portal_account(delegation, whole=True)
        return self._own_page("own_account", "page", {"account": card})

    @route(f"{LIST}/bind", type="http", auth="user", website=True, methods=["GET", "POST"])
    def own_bind(self, **kw):
        """Bind an account by proof; a GET request changes nothing."""
        if request.httprequest.method != "POST":
            return request.redirect(LIST, code=303)
        typed = {name: clean_text(kw.get(name)) for name in FACTS}
        counted = {
            "bind_user": str(request.env.uid),
            "bind_source": source_of(request.httprequest.remote_addr),
        }
        try:
            self._own_check_customer()
            bound = self._own_rows()._bind(request.env.user.partner_id, typed, counted)
        except UserError as refusal:
            errors = self._water_errors(refusal)
            return self._water_refused(LIST, typed, errors, refusal.http_status)
        return self._own_next(bound["ticket"], bound["phone"], "bind", "bound")

    @route(f"{LIST}/phone", type="http", auth="user", website=True, methods=["GET", "POST"])
    def own_phone(self, phone="", **kw):
        """Send a code to the telephone by which the customer wants to sign in."""
        if request.httprequest.method != "POST":
            return request.redirect(LIST, code=303)
        # sudo: res.company - in which country numbers are read
        number = request.env.company.sudo()._water_phone(clean_text(phone, 40)) or ""
        try:
            self._own_check_customer()
            if not number.startswith("+"):
                text = request.env._("Please check the number of the mobile telephone.")
                raise FilingError({"phone": text})
            ticket = request.env["water.code"]._send("phone", number, number)
        except UserError as refusal:
            errors = self._water_errors(refusal)
            return self._water_refused(LIST, {"phone": phone}, errors, refusal.http_status)
        return self._own_next(ticket, number, "phone", "phone")

    @route(f"{LIST}/code", type="http", auth="user", website=True, methods=["GET", "POST"])
    def own_code(self, code="", again=None, **kw):
        """The code that was sent: of an account to be bound, or of the own telephone."""
        waiting = request.session.get("water_own_code")
        if not waiting:
            return request.redirect(LIST, code=303)
        if request.httprequest.method != "POST":
            again = self._water_again(again)
            values = {**waiting, "errors": again.get("errors", {})}
            return self._own_page("own_code", "page", values, again.get("status", 200))
        try:
            self._own_take_code(waiting, code)
        except UserError as refusal:
            errors = self._water_errors(refusal)
            return self._water_refused(f"{LIST}/code", {}, errors, refusal.http_status)
        request.session.pop("water_own_code", None)
        done = "phone" if waiting["purpose"] == "phone" else "bound"
        return request.redirect(f"{LIST}?done={done}", code=303)

    @route(
        f"{LIST}/<int:account_id>/leave",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
    )
    def own_leave(self, account_id, **kw):
        """Give a bound account up."""
        _account, delegation = self._own_held(account_id)
        if request.httprequest.method != "POST" or not delegation:
            return request.redirect(LIST, code=303)
        delegation._portal_do("resign")
        return request.redirect(f"{LIST}?done=left", code=303)

    # -- what they share ----------------------------------------------------------------------

    def _own_rows(self):
        return request.env["water.account.delegate"]

    def _own_held(self, account_id):
        held = request.env["water.account"]._portal_held(request.env.user.partner_id)
        for account, delegation in held.items():
            if account.id == account_id:
                return account, delegation
        return None, None

    def _own_check_customer(self):
        """Refuse to bind accounts to members of staff.

        :raises UserError: for members of staff
        """
        if not request.env.user._is_portal():
            raise UserError(
                request.env._("You are signed in as a member of staff: only customers do this.")
            )

    def _own_take_code(self, waiting, code):
        user = request.env.user
        if waiting["purpose"] == "phone":
            number = request.env["water.code"]._redeem("phone", waiting["ticket"], code)
            user._water_keep_phone(number)
        else:
            self._own_rows()._bind_by_code(user.partner_id, waiting["ticket"], code)

    def _own_next(self, ticket, phone, purpose, done):
        """Return where a form leads: to the sent code, or back to the list."""
        if not ticket:
            return request.redirect(f"{LIST}?done={done}", code=303)
        waiting = {"ticket": ticket, "phone": phone, "purpose": purpose}
        request.session["water_own_code"] = waiting
        return request.redirect(f"{LIST}/code", code=303)

    def _own_page(self, template, sort, values, status=200):
        company = request.env.company.sudo()
        base = self._water_base(
            f"account_{sort}",
            words={"kind": "account", "many": request.env._("My accounts")},
            base_url=LIST,
            limits={},
            hotline=company.water_hotline,
            has_sms=bool(request.env["water.code"]._gateway()),
        )
        values = {**base, **values}
        return self._water_render(f"water_service_desk.portal_{template}", values, status)

    def _own_done(self):
        env = request.env
        return {
            "bound": env._("The account is bound. You now file and follow its matters here."),
            "phone": env._("From now on you can sign in by a code to this telephone."),
            "left": env._("The account is no longer linked."),
        }
