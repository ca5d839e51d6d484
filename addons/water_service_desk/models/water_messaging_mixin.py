from odoo import api, fields, models
from odoo.tools.mail import html_to_inner_content

from .water_privacy_mixin import CONTACT_GROUPS


class WaterMessagingMixin(models.AbstractModel):
    """A case whose customer is told things: whom, where, how, and what became of it."""

    _name = "water.messaging.mixin"
    _description = "Tells its Customer"

    customer_message_ids = fields.One2many(
        "water.message", string="Customer Messages", groups=CONTACT_GROUPS
    )
    message_failed = fields.Boolean(
        string="Message Not Delivered", compute="_compute_message_failed"
    )

    def _compute_message_failed(self):
        """Whether the customer could not be told something."""
        messages = self.env["water.message"].sudo()
        link = messages._case_field(self._name)
        # sudo: water.message - that one failed is no secret to whoever works on the case
        lost = messages.search([(link, "in", self._origin.ids), ("state", "=", "given_up")])[link]
        for case in self:
            case.message_failed = case._origin in lost

    def message_post(self, **kwargs):
        """Look at what a member of staff writes to the customer; internal notes are his own.

        :raises UserError: when it holds words that customers are not told
        """
        if self._is_to_customer(kwargs):
            words = html_to_inner_content(kwargs.get("body") or "")
            self.env["water.forbidden.phrase"]._say(self, words, "message")
        return super().message_post(**kwargs)

    @api.model
    def _is_to_customer(self, values):
        """Whether the values of a message make it one that the customer reads."""
        if values.get("message_type") not in ("comment", "email"):
            return False
        comment = self.env.ref("mail.mt_comment")
        return (
            values.get("subtype_xmlid") == "mail.mt_comment"
            or values.get("subtype_id") == comment.id
        )

    def action_open_messages(self):
        """Open what the customer was told, with its delivery state."""
        return self._open_children("water.message", self.env._("Customer Messages"))

    def _message_case(self):
        """The case that a message about this record belongs to."""
        return self

    def _send_to_customer(self, template):
        """Queue a message to the customer of each case who can be reached.

        :param template: mail.template of the case's model, or an empty recordset
        """
        if template and self:
            self.env["water.message"]._queue(template, self)

    def _message_route(self, gateways, has_text, medium=None):
        """Where and how the customer is reached, or nothing.

        :param gateways: {(medium, company): water.gateway} that can be used
        :param has_text: whether there is a short text for SMS and WeChat
        :param medium: only this one
        :return: values of a message
        """
        self.ensure_one()
        for choice in (medium,) if medium else self._message_media():
            gateway = gateways.get((choice, self.company_id))
            address = self._message_address(choice)
            if address and (choice == "mail" or (gateway and has_text)):
                return {
                    "medium": choice,
                    "address": address,
                    "partner_id": self.partner_id.id,
                    "lang": self._customer_lang(),
                    **({} if choice == "mail" else self._gateway_values(gateway)),
                }
        return None

    def _message_media(self):
        """The channels to try: the one he prefers first; none when he wants no messages."""
        wish = self.partner_id.water_message_medium
        if wish == "none":
            return ()
        return (
            (wish, *(m for m in ("mail", "wechat", "sms") if m != wish))
            if wish
            else (
                "mail",
                "wechat",
                "sms",
            )
        )

    def _message_address(self, medium):
        """The customer's address on a channel, or a false value."""
        if medium == "mail":
            return self.email_from
        if medium == "wechat":
            return self.partner_id.water_wechat_openid
        return self.phone_normalized

    def _gateway_values(self, gateway):
        lang = self._customer_lang()
        case = self.with_context(lang=lang)
        return {
            "gateway_id": gateway.id,
            "next_try_at": fields.Datetime.now(),
            "params": {
                "number": self.name,
                "name": case._customer_name(),
                "due": case._customer_time(self.promised_at),
                "link": self._customer_link(),
            },
        }

    def _customer_name(self):
        """The name to greet by; none for anonymous customers."""
        return "" if self.is_anonymous else self.contact_name or ""

    def _customer_greeting(self):
        """How texts to the customer begin, in the language of the environment."""
        name = self._customer_name()
        return self.env._("Dear %(name)s,", name=name) if name else self.env._("Dear customer,")

    def _customer_promise(self):
        """By when he is promised an answer, as a sentence in the language of the environment."""
        if not self.promised_at:
            return self.env._("We answer as soon as we can.")
        return self.env._("We promise you our answer by %s.", self._customer_time(self.promised_at))

    def _customer_link(self):
        """The customer's page about the case, as an absolute address."""
        return f"{self.get_base_url()}{self.access_url}"
