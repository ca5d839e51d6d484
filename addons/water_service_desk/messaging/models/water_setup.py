import uuid

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import config

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ...base.models.water_setup import SYSTEM
from ..gateway_http import GatewayError


class WaterSetup(models.AbstractModel):
    """Setup steps for mails, and for text messages through a gateway."""

    _inherit = "water.setup"

    @api.model
    def _steps(self):
        company = self.env.company
        gateway = self.env["water.gateway"]._usable(company).get(("sms", company))
        return [
            *super()._steps(),
            self._step(
                "mail_out",
                90,
                self.env._("Outgoing Mail"),
                self._missing_mail_out(company),
                "base.action_ir_mail_server_list",
                why=self.env._("Try it: a mail goes to your own address."),
                group=SYSTEM,
            ),
            self._step(
                "gateway",
                110,
                self.env._("Message Gateways"),
                [] if gateway else [self.env._("No gateway for text messages")],
                "water_service_desk.action_gateway",
                why=self.env._("Try it: a text message goes to your own telephone."),
                group=SYSTEM,
                is_needed=False,
            ),
        ]

    def _missing_mail_out(self, company):
        has_server = self.env["ir.mail_server"].search_count([], limit=1) or config["smtp_server"]
        missing = [] if has_server else [self.env._("No server for outgoing mail")]
        if not company.email:
            missing.append(self.env._("The company has no address that mails come from"))
        return missing

    @api.model
    def _try_mail_out(self):
        """Send a mail at once, past the queue."""
        user = self.env.user
        if not user.email:
            raise UserError(self.env._("You have no e-mail address yourself: enter one first."))
        mail = self.env["mail.mail"].create(
            {
                "model": self._name,
                "subject": self.env._("Water service: mail goes out"),
                "body_html": self.env._("This mail was sent from the setup checklist."),
                "email_from": self.env.company.email_formatted or user.email_formatted,
                "email_to": user.email_formatted,
                "auto_delete": False,
            }
        )
        try:
            mail.send(raise_exception=True)
        except MailDeliveryException as fault:
            reason = " ".join(str(part) for part in fault.args)
            raise UserError(self.env._("The mail was not sent: %s", reason)) from fault
        if mail.state != "sent":
            reason = mail.failure_reason or mail.state
            raise UserError(self.env._("The mail was not sent: %s", reason))
        return self.env._("A mail was sent to %s.", user.email)

    @api.model
    def _try_gateway(self):
        """Hand one text message over, to the reader's own telephone."""
        company, user = self.env.company, self.env.user
        gateway = self.env["water.gateway"]._usable(company).get(("sms", company))
        phone = company._water_phone(user.phone)
        if not gateway:
            raise UserError(self.env._("No gateway for text messages"))
        if not phone:
            raise UserError(self.env._("You have no telephone number yourself: enter one first."))
        try:
            fault, *_rest = gateway._call(self._tried_facts(phone))
        except GatewayError as error:
            fault = (error.kind, "")
        if fault:
            raise UserError(self._fault_words(gateway, *fault))
        words = {"gateway": gateway.name, "phone": phone}
        return self.env._("%(gateway)s took a message to %(phone)s.", **words)

    def _tried_facts(self, phone):
        """Return test values for the gateway's placeholders."""
        company = self.env.company
        facts = dict.fromkeys(("number", "name", "due", "link", "code"), "")
        return facts | {
            "company": company.name,
            "hotline": company.water_hotline or "",
            "address": phone,
            "text": self.env._("%s: text messages go out.", company.name),
            "key": str(uuid.uuid4()),
            "medium": "sms",
            "lang": self.env.lang or "",
            "params": "{}",
        }

    def _fault_words(self, gateway, code, detail):
        labels = dict(
            self.env["water.message"]._fields["failure_code"]._description_selection(self.env)
        )
        words = {"gateway": gateway.name, "reason": f"{labels.get(code, code)} {detail or ''}"}
        return self.env._("%(gateway)s did not take the message: %(reason)s", **words)
