from babel import dates

from odoo import api, fields, models
from odoo.tools import babel_locale_parse

from ...base.reader import reader_of


class WaterAddresseeMixin(models.AbstractModel):
    """Somebody whom messages reach: where and how, in which language and time zone.

    Heirs have ``company_id`` and ``partner_id``; those that are no case say their own
    addresses, number and date.
    """

    _name = "water.addressee.mixin"
    _description = "Can Be Reached"

    def _addressee(self):
        """Whose wishes, language and time zone count: the customer, or whom the copy is for."""
        # sudo: res.partner - where and how somebody is told is used, never shown
        return reader_of(self.env).sudo() or self.sudo().partner_id

    def _also_told(self):
        """{res.partner} who get a copy of what the customer is told; heirs say who."""
        return self.env["res.partner"]

    def _tells_customer(self, kind):
        """Whether the customer himself is told; heirs know of those who are told instead."""
        return True

    def _message_wanted(self, kind):
        """Whether the addressee has left messages of this kind switched on.

        :param kind: of the template, see ``water.preference.mixin``
        """
        return self._addressee()._water_wants(kind)

    def _is_urgent_news(self):
        """Whether a message breaks into quiet hours; heirs know emergencies."""
        return False

    def _is_unproved(self):
        """Whether the address is one that a stranger has named; heirs know of such."""
        return False

    def _message_route(self, gateways, has_text, medium=None, must=False):
        """Where and how the customer is reached, or nothing.

        :param gateways: {(medium, company): water.gateway} that can be used
        :param has_text: whether there is a short text for SMS and WeChat
        :param medium: only this one
        :param must: whether he is told even when he wants no messages
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
        """The channels to try: the one he prefers first; none when he wants no messages.

        :param must: whether he is told all the same
        """
        wish = self._addressee().water_message_medium
        if wish == "none" and not must:
            return ()
        first = (wish,) if wish and wish != "none" else ()
        return (*first, *[m for m in ("mail", "wechat", "sms") if m != wish])

    def _message_address(self, medium):
        """The address on a channel of the customer, or of whom the copy is for."""
        reader = reader_of(self.env).sudo()
        if reader:
            return reader._water_address(medium)
        if medium == "mail":
            return self.email_from
        if medium == "wechat":
            return self.partner_id.water_wechat_openid
        return self.phone_normalized

    def _hold_back(self, must):
        """Until when the message waits for the end of quiet hours (naive UTC), or nothing.

        :param must: letters by mail go out at once, whatever the hour
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
                **self._told_in_secret(),
            },
        }

    def _told_in_secret(self):
        """``{name: code}`` of what a message says to its reader alone, besides the key of his link;
        heirs say what.
        """
        return {}

    def _customer_number(self):
        """The number by which the customer asks for the matter."""
        return self.name

    def _customer_due(self):
        """By when he has been promised something (naive UTC), or nothing."""
        return self._counted_on()

    def _customer_name(self):
        """The name to greet by; none for anonymous customers."""
        reader = reader_of(self.env).sudo()
        if reader:
            return reader.name or ""
        return "" if self.is_anonymous else self.contact_name or ""

    def _customer_greeting(self):
        """How texts to the customer begin, in the language of the environment."""
        name = self._customer_name()
        if not name:
            return self.env._("Dear customer,")
        if reader_of(self.env):
            customer = self.sudo().partner_id.name or self.env._("our customer")
            return self.env._("Dear %(name)s (for %(customer)s),", name=name, customer=customer)
        return self.env._("Dear %(name)s,", name=name)

    def _customer_promise(self):
        """By when he is promised an answer, as a sentence in the language of the environment."""
        due = self._counted_on()
        if not due:
            return self.env._("We answer as soon as we can.")
        return self.env._("We promise you our answer by %s.", self._customer_time(due))

    def _customer_lang(self):
        """Language of the customer's mails and pages: his own, else the company's."""
        customer = self._addressee()
        return customer.lang or self.company_id.partner_id.lang or self.env.lang or "zh_CN"

    def _customer_tz(self):
        """Time zone of the customer's mails and letters: where the water flows, as on his pages."""
        return self.company_id._water_tz()

    def _customer_time(self, moment):
        """A moment as the customer reads it: date, weekday and local time, in his language.

        What is provisional says so in words, in whatever letter, mail or receipt it stands.

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
        """Hook: whether a moment is promised for the time being alone.

        :param moment: naive UTC
        """
        return False

    @api.model
    def _say_provisional(self, date):
        """A date in words that say that it may move (暂定)."""
        return self.env._("%s (provisional, until the holidays of that year are announced)", date)

    def _mail_headers(self, departments):
        """``{mail.mail field: value}`` of mails about this: no machine answers us.

        :param departments: water.department that take mail at an address of their own
        """
        quiet = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}
        return {"headers": repr(quiet)}
