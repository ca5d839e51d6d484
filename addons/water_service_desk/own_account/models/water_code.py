import json
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq
from odoo.tools.misc import hash_sign, hmac, verify_hash_signed

from ...base.asking import asking
from ...base.roles import INTEGRATION
from ...intake.filing import FilingError, TooManyError, clean_text
from ...intake.sources import source_of
from ...messaging.gateway_http import GatewayError

SCOPE = "water_service_desk.code"
#: Minutes a code is valid, and most attempts.
MINUTES, TRIES = 15, 5
#: Codes that one telephone gets, and one network address may ask for, in an hour.
SENT = {"code_phone": 5, "code_source": 20}


class WaterCode(models.AbstractModel):
    """Six digits that prove access to a telephone (短信验证码).

    Only counters are stored: a signed ticket contains the purpose, and the code follows from it and
    a secret of the database. It is sent at once and stored nowhere, so that staff cannot read it.
    """

    _name = "water.code"
    _description = "One-time Code"

    @api.model
    def _gateway(self):
        company = self.env.company
        usable = self.env["water.gateway"]._usable(company)
        return usable.get(("sms", company)) or self.env["water.gateway"].sudo()

    @api.model
    def _send(self, purpose, subject, phone, apart=False):
        """Send a code, and return its ticket.

        :param purpose: the only use of the code
        :param subject: text that it proves
        :param phone: number in international form; without it the ticket opens nothing, so that the
            answer does not reveal who is known
        :param apart: whether the gateway is called in a thread, so that neither time nor failure
            reveals it
        :raises TooManyError: after some in an hour, for a number or an address
        :raises UserError: if the gateway does not accept it
        """
        self._count_sent(phone or subject)
        nonce = secrets.token_urlsafe(16)
        if phone:
            self._text(phone, self._digits(purpose, subject, nonce), nonce, apart)
        claims = [purpose, subject, nonce]
        return hash_sign(self.env(su=True), SCOPE, claims, expiration_hours=MINUTES / 60)

    @api.model
    def _count_sent(self, phone):
        limits = {"code_phone": phone}
        # all customers of a channel come from its one address
        if asking() and not self.env.user.has_group(INTEGRATION):
            limits["code_source"] = source_of(asking().remote_addr)
        if not self._take_all({kind: (who, SENT[kind]) for kind, who in limits.items()}):
            raise TooManyError(self.env._("Enough codes were sent. Try again in an hour."))

    @api.model
    def _take_all(self, limits, lasts=timedelta(hours=1)):
        with self.env["res.users"]._attempts_in_own_transaction() as attempts:
            for kind, (who, _most) in sorted(limits.items()):
                attempts._turn(kind, who)
            taken = [attempts._take(kind, who, most, lasts) for kind, (who, most) in limits.items()]
        return all(taken)

    @api.model
    def _digits(self, purpose, subject, nonce):
        digest = hmac(self.env(su=True), SCOPE, f"{purpose}:{subject}:{nonce}")
        return f"{int(digest[:12], 16) % 1_000_000:06}"

    @api.model
    def _text(self, phone, digits, key, apart):
        """Hand the code over to the gateway.

        :raises UserError: when it is not taken, unless it is called apart
        """
        facts = self._text_facts(phone, digits, key)
        gateway = self._gateway()
        try:
            fault = gateway._call_isolated(facts) if apart else gateway._call(facts)[0]
        except GatewayError as error:
            fault = error.kind
        if fault:
            raise UserError(
                self.env._("The text message cannot be sent now. Try again later, or call us.")
            )

    @api.model
    def _text_facts(self, phone, digits, key):
        company = self.env.company.sudo()
        text = self.env._(
            "%(code)s is your code for %(company)s. It is valid for %(minutes)s minutes. Do not "
            "share it; our staff never ask for it.",
            code=digits,
            company=company.name,
            minutes=MINUTES,
        )
        facts = dict.fromkeys(("number", "name", "due", "link"), "")
        facts |= {"company": company.name, "hotline": company.water_hotline or ""}
        facts |= {"address": phone, "text": text, "key": key, "medium": "sms"}
        facts |= {"lang": self.env.lang or "", "code": company.water_code_template or ""}
        facts["params"] = json.dumps({"code": digits, "minutes": str(MINUTES)})
        return facts

    @api.model
    def _redeem(self, purpose, ticket, code):
        """Redeem a code once, and return what it proves.

        :param ticket: as returned by :meth:`_send`, from outside
        :param code: as typed
        :raises TooManyError: after some wrong ones
        :raises FilingError: if it is wrong, used or expired
        """
        subject, nonce = self._read_ticket(purpose, ticket)
        if nonce and not self._take_all({"code_try": (nonce, TRIES)}):
            raise TooManyError(self.env._("Too many wrong codes. Have a new one sent."))
        typed = "".join(clean_text(code, 20).split())
        digits = self._digits(purpose, subject, nonce)
        if not (nonce and consteq(typed.encode(), digits.encode()) and self._spend(nonce)):
            raise FilingError(
                {"code": self.env._("This is not the code that was sent last, or it has lapsed.")}
            )
        return subject

    @api.model
    def _read_ticket(self, purpose, ticket):
        try:
            claims = verify_hash_signed(self.env(su=True), SCOPE, clean_text(ticket, 1000))
        except ValueError:  # no ticket at all
            claims = None
        return claims[1:] if claims and claims[0] == purpose else ("", "")

    @api.model
    def _spend(self, nonce):
        until = fields.Datetime.now() + timedelta(minutes=MINUTES)
        return self.env["water.attempt"]._spend(f"code,{nonce}", until)
