import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...base.trust import trusted
from .. import gateway_http, guarded_http
from ..gateway_http import GatewayError
from ..wechat import PRESET

#: Seconds before its end in which an access token is not used any more.
EARLY = 300
#: By what a token is had.
SOURCES = frozenset({"token_url", "token_body", "token_path", "secret"})
#: Seconds that a token holds when the platform does not say, or says what is no such number.
USUAL = 7200
SECONDS = re.compile(r"[0-9]{1,7}")


def _fetched(wanted, token_path, seconds_path):
    """A new access token, and for how many seconds it holds; needs no database.

    :raises GatewayError: ``token`` when none is given
    """
    answer = guarded_http.deliver(*wanted)
    token = gateway_http.pick(answer.data, token_path)
    if not token or not gateway_http.status_fits(answer.status, "200-299"):
        raise GatewayError("token")
    seconds = gateway_http.pick(answer.data, seconds_path) or ""
    return token, int(seconds) if SECONDS.fullmatch(seconds) else USUAL


class WaterGateway(models.Model):
    """Platforms that want a short-lived access token with each message, as WeChat does.

    The token is fetched with the secret, kept for all workers until shortly before it ends, and
    fetched anew at once where the platform says that it holds no longer.
    """

    _inherit = "water.gateway"

    token_url = fields.Char(
        string="Token URL", help="Where the access token is had. Empty: the gateway needs none."
    )
    token_body = fields.Text(
        help="A JSON object that is posted there, with {secret} where the secret belongs."
    )
    token_path = fields.Char(
        string="Token Field", default="access_token", help="Where in the answer the token stands."
    )
    token_seconds_path = fields.Char(
        string="Validity Field",
        default="expires_in",
        help="Where in the answer it stands for how many seconds the token holds.",
    )
    token_refused = fields.Char(
        help="Result codes, separated by commas, that say: fetch another token, and try again.",
    )
    hopeless_value = fields.Char(
        string="Refused for Good",
        help="Result codes, separated by commas, after which the same message is useless.",
    )
    token = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    token_until = fields.Datetime(readonly=True, copy=False, groups=fields.NO_ACCESS)

    @api.onchange("medium")
    def _onchange_medium(self):
        """What WeChat's interface for official accounts asks for; the app's ID is left to fill in.

        Only where nothing was set up yet.
        """
        if self.medium == "wechat" and not self.url:
            self.update(PRESET)

    @api.constrains("token_url", "token_body", "token_path")
    def _check_token(self):
        for gateway in self.filtered("token_url"):
            fault = gateway_http.url_fault(gateway.token_url)
            if fault:
                raise ValidationError(gateway._url_fault_text(fault))
            wanted = [gateway._parsed("token_body"), gateway.token_url]
            others = gateway_http.unknown_placeholders(wanted, {"secret"})
            if others:
                words = ", ".join(f"{{{name}}}" for name in others)
                raise ValidationError(
                    self.env._("To fetch the token, {secret} alone is sent, not %s.", words)
                )
            if not gateway.token_path:
                raise ValidationError(self.env._("Say where in the answer the token stands."))

    def write(self, vals):
        """What was fetched elsewhere, or with another secret, is no token any more."""
        result = super().write(vals)
        if SOURCES & vals.keys():
            trusted(self.sudo()).write({"token": False})
        return result

    def _request_of(self, facts):
        return super()._request_of({**facts, "token": self._valid_token()})

    def _exchange(self, facts):
        answer = super()._exchange(facts)
        if self.token_url and self._answers(answer, self.token_refused):
            trusted(self.sudo()).write({"token": False})
            answer = super()._exchange(facts)
        return answer

    def _is_hopeless(self, answer):
        return super()._is_hopeless(answer) or self._answers(answer, self.hopeless_value)

    def _answers(self, answer, codes):
        """Whether the result code of an answer is one of ``codes``, separated by commas."""
        value = self.success_path and gateway_http.pick(answer.data, self.success_path)
        return bool(value) and value in [code.strip() for code in (codes or "").split(",")]

    def _valid_token(self):
        """The access token, fetched where none holds; "" for a gateway that needs none.

        :raises GatewayError: ``token`` when none is given
        """
        kept = self._kept_token()
        if kept is None:
            kept, seconds = _fetched(*self._token_request())
            until = fields.Datetime.now() + timedelta(seconds=max(seconds - EARLY, 1))
            trusted(self.sudo()).write({"token": kept, "token_until": until})
        return kept

    def _kept_token(self):
        """The token that holds; None where one has to be fetched, "" where none is needed."""
        if not self.token_url:
            return ""
        kept = self.sudo()
        holds = kept.token and kept.token_until > fields.Datetime.now()
        return kept.token if holds else None

    def _made_apart(self, facts):
        """The token is fetched apart as well: waiting for it would tell that somebody is known."""
        kept = self._kept_token()
        if kept is not None:
            return super()._made_apart({**facts, "token": kept})
        recipe, wanted = self._recipe(), self._token_request()
        facts = {**facts, "secret": self._read_secret()}
        return lambda: recipe.filled({**facts, "token": _fetched(*wanted)[0]})

    def _token_request(self):
        """What :func:`_fetched` takes."""
        facts = {"secret": self._read_secret()}
        url = gateway_http.fill_url(self.token_url, facts)
        headers = {"Content-Type": b"application/json"}
        body = gateway_http.encoded(gateway_http.fill(self._parsed("token_body"), facts))
        wanted = ("POST", url, headers, body, self.timeout, self._allowed_networks())
        return wanted, self.token_path, self.token_seconds_path or ""
