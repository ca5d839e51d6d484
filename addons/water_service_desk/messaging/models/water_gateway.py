import json
import logging
import re
from datetime import timedelta
from functools import partial
from threading import Thread

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...base.trust import trusted
from ...messaging import gateway_http, guarded_http
from ..gateway_http import GatewayError
from ..wechat import PRESET

_logger = logging.getLogger(__name__)
SECRET_KEY = "water_service_desk.gateway_secret.%s"
MEDIA = [("mail", "Mail"), ("sms", "SMS"), ("wechat", "WeChat")]
#: Networks inside the house that gateways and webhooks may reach.
ALLOWED_KEY = "water_service_desk.webhook_networks"
#: Parts of an answer that may be shown: a code, no sentence.
RESULT_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,40}")
#: Seconds that a request may take at most.
MAX_TIMEOUT = 60
#: Name of the threads that hand a message over apart.
APART = "water.gateway.apart"


def shown_code(value):
    """Return a result code for users; other text may contain customer data.

    :param value: text from a gateway's answer, or None
    """
    is_code = RESULT_CODE.fullmatch(value or "") and not re.search(r"\d{7}", value)
    return value if is_code else "***" if value else "–"


def _deliver_isolated(gateway_id, make):
    try:
        status = guarded_http.deliver(*make()).status
    except GatewayError as error:
        _logger.warning("Gateway %s did not take a message: %s.", gateway_id, error.kind)
    else:
        _logger.info("Gateway %s answered %s.", gateway_id, status)


#: Seconds before its end in which an access token is not used any more.
EARLY = 300
#: Fields that decide how a token is obtained.
SOURCES = frozenset({"token_url", "token_body", "token_path", "secret"})
#: Seconds a token is valid if the platform names no usable number.
USUAL = 7200
SECONDS = re.compile(r"[0-9]{1,7}")


def _fetched(wanted, token_path, seconds_path):
    """Return a new access token and its validity in seconds, without a database.

    :raises GatewayError: ``token`` if none is returned
    """
    answer = guarded_http.deliver(*wanted)
    token = gateway_http.pick(answer.data, token_path)
    if not token or not gateway_http.status_fits(answer.status, "200-299"):
        raise GatewayError("token")
    seconds = gateway_http.pick(answer.data, seconds_path) or ""
    return token, int(seconds) if SECONDS.fullmatch(seconds) else USUAL


class WaterGateway(models.Model):
    """An HTTP interface for outgoing SMS or WeChat messages.

    Only system administrators set it up, since its URL receives customers' texts. The secret is
    stored separately, among the system parameters.
    """

    _name = "water.gateway"
    _inherit = ["water.mixin"]
    _description = "Message Gateway"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    medium = fields.Selection(
        [row for row in MEDIA if row[0] != "mail"], required=True, default="sms"
    )
    company_id = fields.Many2one("res.company", help="Empty: all companies.")
    url = fields.Char(
        string="URL", required=True, help="Placeholders may stand after the host, such as {key}."
    )
    method = fields.Selection(
        [("POST", "POST"), ("PUT", "PUT"), ("GET", "GET")], required=True, default="POST"
    )
    headers = fields.Text(
        default='{"Authorization": "Bearer {secret}"}', help="A JSON object of texts."
    )
    body = fields.Text(
        default='{"phone": "{address}", "text": "{text}", "id": "{key}"}',
        help="A JSON object with placeholders; not sent with GET.",
    )
    body_format = fields.Selection(
        [("json", "JSON"), ("form", "Form")], required=True, default="json"
    )
    secret = fields.Char(
        compute="_compute_secret",
        inverse="_inverse_secret",
        groups="base.group_system",
        help="Put into headers, body or URL with {secret}. Never shown in lists or logs.",
    )
    success_status = fields.Char(string="Accepted Status", required=True, default="200-299")
    success_path = fields.Char(
        string="Answer Field",
        help="Where in the JSON answer the result code stands, such as data.code."
        " Empty: the status alone decides.",
    )
    success_value = fields.Char(
        string="Accepted Values", help="Result codes of success, separated by commas."
    )
    reference_path = fields.Char(
        string="Reference Field",
        help="Where in the answer the gateway's own message number stands.",
    )
    timeout = fields.Integer(
        string="Time-out", required=True, default=10, help="Seconds for the whole exchange."
    )
    max_attempts = fields.Integer(
        string="Most Attempts", required=True, default=8, help="Then the message is given up."
    )
    placeholders = fields.Char(compute="_compute_placeholders")

    _limits = models.Constraint(
        f"CHECK (timeout BETWEEN 1 AND {MAX_TIMEOUT} AND max_attempts BETWEEN 1 AND 20)",
        "The time-out is 1 to 60 seconds, and 1 to 20 attempts are made.",
    )

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

    # -- the secret ------------------------------------------------------------------------

    def _compute_secret(self):
        for gateway in self:
            gateway.secret = gateway._origin._read_secret()

    def _inverse_secret(self):
        parameters = self.env["ir.config_parameter"].sudo()
        for gateway in self:
            parameters.set_param(SECRET_KEY % gateway.id, gateway.secret or False)

    def _read_secret(self):
        # sudo: ir.config_parameter - used to send, shown to administrators alone
        parameters = self.env["ir.config_parameter"].sudo()
        return (self.id and parameters.get_param(SECRET_KEY % self.id)) or ""

    def copy_data(self, default=None):
        """A copy is switched off until it has its own secret."""
        rows = super().copy_data(default=default)
        return [{**row, "active": False} for row in rows]

    # -- what can be set up ----------------------------------------------------------------

    @api.depends_context("lang")
    def _compute_placeholders(self):
        names = sorted(f"{{{name}}}" for name in gateway_http.PLACEHOLDERS)
        for gateway in self:
            gateway.placeholders = " ".join(names)

    @api.constrains("url")
    def _check_url(self):
        for gateway in self:
            fault = gateway_http.url_fault(gateway.url)
            if fault:
                raise ValidationError(gateway._url_fault_text(fault))

    def _url_fault_text(self, fault):
        return {
            "scheme": self.env._("The URL begins with http:// or https://."),
            "host": self.env._("The URL names a host, without placeholders before the path."),
            "user": self.env._("Put user and password into a header, not into the URL."),
            "metadata": self.env._("This address is reserved and no message gateway."),
        }[fault]

    @api.constrains("headers", "body", "url")
    def _check_templates(self):
        for gateway in self:
            headers = gateway._parsed("headers")
            if not all(isinstance(text, str) for text in headers.values()):
                raise ValidationError(self.env._("Headers are a JSON object of texts."))
            body = gateway._parsed("body")
            unknown = gateway_http.unknown_placeholders([headers, body, gateway.url])
            if unknown:
                raise ValidationError(
                    self.env._("Unknown placeholders: %s", ", ".join(f"{{{u}}}" for u in unknown))
                )

    @api.constrains("success_status", "success_path", "success_value")
    def _check_success(self):
        for gateway in self:
            if gateway_http.rule_fault(gateway.success_status):
                raise ValidationError(self.env._("Write accepted status codes like 200-299, 302."))
            if bool(gateway.success_path) != bool(gateway.success_value):
                raise ValidationError(
                    self.env._("Answer field and accepted values belong together.")
                )

    def _parsed(self, name):
        try:
            value = json.loads(self[name] or "{}")
        except ValueError as error:
            value = str(error)
        if not isinstance(value, dict):
            label = self._fields[name]._description_string(self.env)
            raise ValidationError(self.env._("%s: this is no JSON object.", label))
        return value

    # -- choosing and sending --------------------------------------------------------------

    @api.model
    def _usable(self, companies):
        # sudo: water.gateway - for every sender
        rows = self.sudo().search([("company_id", "in", [False, *companies.ids])])
        found = {}
        for company in companies:
            for gateway in rows.sorted(lambda row: (not row.company_id, row.sequence, row.id)):
                if gateway.company_id in (company, company.browse()):
                    found.setdefault((gateway.medium, company), gateway)
        return found

    def _call(self, facts):
        """Send one message.

        :param facts: {placeholder: text}, without the secret
        :raises GatewayError: without an answer in time
        :return: ``(fault, hopeless, reference, wait)``: the refusal as ``(code, detail)`` or None,
            whether another attempt is useless, the gateway's message number, seconds to wait
        """
        answer = self._exchange(facts)
        fault = self._fault(answer)
        reference = self.reference_path and gateway_http.pick(answer.data, self.reference_path)
        return fault, bool(fault) and self._is_hopeless(answer), reference, answer.retry_after

    def _exchange(self, facts):
        answer = guarded_http.deliver(*self._request_of(facts))
        if self.token_url and self._answers(answer, self.token_refused):
            trusted(self.sudo()).write({"token": False})
            answer = guarded_http.deliver(*self._request_of(facts))
        return answer

    def _is_hopeless(self, answer):
        status = gateway_http.is_hopeless(answer.status)
        return status or self._answers(answer, self.hopeless_value)

    def _call_isolated(self, facts):
        """Send one message in a thread, so that the answer time reveals nothing.

        Errors are only logged.

        :param facts: as for :meth:`_call`
        """
        args = (self.id, self._made_isolated(facts))
        Thread(target=_deliver_isolated, args=args, name=APART, daemon=True).start()

    def _made_isolated(self, facts):
        """Return a function that sends the request without a database.

        The token is fetched in the thread as well: waiting for it would reveal a known customer.
        """
        kept = self._cached_token()
        recipe = self._recipe()
        if kept is not None:
            return partial(recipe.filled, {**facts, "token": kept, "secret": self._read_secret()})
        wanted = self._token_request()
        facts = {**facts, "secret": self._read_secret()}
        return lambda: recipe.filled({**facts, "token": _fetched(*wanted)[0]})

    def _request_of(self, facts):
        """Return the arguments of :func:`guarded_http.deliver` for the message."""
        facts = {**facts, "token": self._valid_token(), "secret": self._read_secret()}
        return self._recipe().filled(facts)

    def _recipe(self):
        body = None if self.method == "GET" else self._parsed("body")
        made = (self.method, self.url, self._parsed("headers"), body, self.body_format)
        return gateway_http.Recipe(*made, self.timeout, self._allowed_networks())

    @api.model
    def _allowed_networks(self):
        """Return internal networks that gateways and webhooks may reach."""
        # sudo: ir.config_parameter - set by an administrator
        text = self.env["ir.config_parameter"].sudo().get_param(ALLOWED_KEY)
        try:
            return guarded_http.networks(text)
        except ValueError:
            return ()

    def _fault(self, answer):
        """Why the answer is no success, or None."""
        if not gateway_http.status_fits(answer.status, self.success_status):
            return "status", gateway_http.phrase(answer.status)
        if not self.success_path:
            return None
        if answer.data is None:
            return "garbage", ""
        value = gateway_http.pick(answer.data, self.success_path)
        if value in [part.strip() for part in self.success_value.split(",")]:
            return None
        return "answer", f"{self.success_path} = {shown_code(value)}"

    # -- token ---------------------------------------------------------------------------------
    # Platforms that want a short-lived access token with each message, as WeChat does.
    #
    # The token is fetched with the secret, kept for all workers until shortly before it ends, and
    # fetched anew at once where the platform says that it holds no longer.

    @api.onchange("medium")
    def _onchange_medium(self):
        """Fill in WeChat's interface for official accounts, except the app id.

        Only if it is still empty.
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
        """Drop a token fetched with other settings."""
        result = super().write(vals)
        if SOURCES & vals.keys():
            trusted(self.sudo()).write({"token": False})
        return result

    def _answers(self, answer, codes):
        value = self.success_path and gateway_http.pick(answer.data, self.success_path)
        return bool(value) and value in [code.strip() for code in (codes or "").split(",")]

    def _valid_token(self):
        kept = self._cached_token()
        if kept is None:
            kept, seconds = _fetched(*self._token_request())
            until = fields.Datetime.now() + timedelta(seconds=max(seconds - EARLY, 1))
            trusted(self.sudo()).write({"token": kept, "token_until": until})
        return kept

    def _cached_token(self):
        """Return the valid token; None if one has to be fetched, "" if none is needed."""
        if not self.token_url:
            return ""
        kept = self.sudo()
        holds = kept.token and kept.token_until > fields.Datetime.now()
        return kept.token if holds else None

    def _token_request(self):
        facts = {"secret": self._read_secret()}
        url = gateway_http.fill_url(self.token_url, facts)
        headers = {"Content-Type": b"application/json"}
        body = gateway_http.encoded(gateway_http.fill(self._parsed("token_body"), facts))
        wanted = ("POST", url, headers, body, self.timeout, self._allowed_networks())
        return wanted, self.token_path, self.token_seconds_path or ""
