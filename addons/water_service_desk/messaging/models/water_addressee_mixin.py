from babel import dates

from odoo import api, fields, models
from odoo.tools import babel_locale_parse

from ...base.reader import reader_of


class WaterAddresseeMixin(models.AbstractModel):
    """A recipient of messages: channel, address, language and time zone.

    Heirs have ``company_id`` and ``partner_id``; those other than cases define their addresses,
    number and date.
    """

    _name = "water.addressee.mixin"
    _description = "Can Be Reached"

    def _addressee(self):
        """Return the partner whose preferences count: the customer, or the recipient of a copy."""
        # sudo: res.partner - contact data are used, not shown
        return reader_of(self.env).sudo() or self.sudo().partner_id

    def _additional_recipients(self):
        """Return the res.partner who get a copy of the customer's messages; heirs name them."""
        return self.env["res.partner"]

    def _tells_customer(self, kind):
        """Return whether the customer gets the message; heirs know who gets it instead."""
        return True

    def _message_wanted(self, kind):
        return self._addressee()._water_wants(kind)

    def _is_urgent_news(self):
        """Return whether a message ignores quiet hours; heirs know emergencies."""
        return False

    def _is_unproved(self):
        """Return whether the address was entered by a stranger; heirs know such cases."""
        return False

    def _message_route(self, gateways, has_text, medium=None, must=False):
        """Return the channel and address of the customer, or None.

        :param gateways: {(medium, company): water.gateway} in use
        :param has_text: whether there is a short text for SMS and WeChat
        :param medium: only this one
        :param must: whether to send even if messages are switched off
        :return: values of a message
        """
        self.ensure_one()
        for choice in (medium,) if medium else self._message_media(must):
            gateway = gateways.get((choice, self.company_id))
            address = self._message_address(choice)
            if address and (choice == "mail" or (gateway and has_text)):
                return {
                    "medium": choice,
                    "address": address,
                    "partner_id": self._addressee().id,
                    "lang": self._customer_lang(),
                    **({} if choice == "mail" else self._gateway_values(gateway)),
                }
        return None

    def _message_media(self, must=False):
        """Return the channels to try, the preferred one first; empty if messages are switched
        off.

        :param must: whether to send all the same
        """
        wish = self._addressee().water_message_medium
        if wish == "none" and not must:
            return ()
        first = (wish,) if wish and wish != "none" else ()
        return (*first, *[m for m in ("mail", "wechat", "sms") if m != wish])

    def _message_address(self, medium):
        reader = reader_of(self.env).sudo()
        if reader:
            return reader._water_address(medium)
        if medium == "mail":
            return self.email_from
        if medium == "wechat":
            return self.partner_id.water_wechat_openid
        return self.phone_normalized

    def _hold_back(self, must):
        """Return until when (naive UTC) the message waits for the end of quiet hours, or False.

        :param must: letters by mail are sent at once, at any hour
        """
        now = fields.Datetime.now()
        if must or self._is_urgent_news():
            return False
        after = self._addressee()._water_after_quiet(now, self._customer_tz())
        return after if after > now else False

    def _gateway_values(self, gateway):
        lang = self._customer_lang()
        case = self.with_context(lang=lang)
        return {
            "gateway_id": gateway.id,
            "next_try_at": fields.Datetime.now(),
            "params": {
                "number": self._customer_number(),
                "name": case._customer_name(),
                "due": case._customer_time(self._customer_due()),
                "link": self._customer_link(),
                **self._secrets_of_message(),
            },
        }

    def _secrets_of_message(self):
        """Return ``{name: code}`` of secrets in a message besides the key of its link; heirs
        have some.
        """
        return {}

    def _customer_number(self):
        return self.name

    def _customer_due(self):
        """Return when the customer expects something (naive UTC), or False."""
        return self._counted_on()

    def _customer_name(self):
        reader = reader_of(self.env).sudo()
        if reader:
            return reader.name or ""
        return "" if self.is_anonymous else self.contact_name or ""

    def _customer_greeting(self):
        """Return the beginning of texts to the customer, in the language of the environment."""
        name = self._customer_name()
        if not name:
            return self.env._("Dear customer,")
        if reader_of(self.env):
            customer = self.sudo().partner_id.name or self.env._("our customer")
            return self.env._("Dear %(name)s (for %(customer)s),", name=name, customer=customer)
        return self.env._("Dear %(name)s,", name=name)

    def _customer_promise(self):
        """Return the promised date of the answer as a sentence, in the language of the
        environment.
        """
        due = self._counted_on()
        if not due:
            return self.env._("We answer as soon as we can.")
        return self.env._("We promise you our answer by %s.", self._customer_time(due))

    def _customer_lang(self):
        """Return the language of mails and pages: the customer's, else the company's."""
        customer = self._addressee()
        return customer.lang or self.company_id.partner_id.lang or self.env.lang or "zh_CN"

    def _customer_tz(self):
        """Return the time zone of mails and letters: the company's, as on the pages."""
        return self.company_id._water_tz()

    def _customer_time(self, moment):
        """Return a moment for the customer: date, weekday and local time, in their language.

        Provisional dates say so, in every letter, mail or receipt.

        :param moment: naive UTC, or a false value
        """
        if not moment:
            return ""
        zone = self._customer_tz()
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        locale = babel_locale_parse(self.env.lang or self._customer_lang())
        day = dates.format_date(local.date(), "full", locale=locale)
        clock = dates.format_time(local.time(), "short", locale=locale)
        text = dates.get_datetime_format("medium", locale=locale).format(clock, day)
        return self._say_provisional(text) if self._is_provisional_date(moment) else text

    def _is_provisional_date(self, moment):
        return False

    @api.model
    def _say_provisional(self, date):
        return self.env._("%s (provisional, until the holidays of that year are announced)", date)

    def _mail_headers(self, departments):
        quiet = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
        return {"headers": repr(quiet)}
