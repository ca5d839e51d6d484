import json

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.mail import html2plaintext

from ...base.words import one_stop
from .. import gateway_http, wechat
from .res_partner import KINDS


class MailTemplate(models.Model):
    _inherit = "mail.template"

    water_short_text = fields.Text(
        string="Short Text",
        translate=True,
        help="For customers who are reached by SMS or WeChat. Greet the customer, give number,"
        " date and link; write {{ object.name }} as in the subject.",
    )
    water_kind = fields.Selection(
        KINDS,
        string="Kind of Message",
        help="What customers may switch off on their page. Empty: always sent.",
    )
    water_gateway_code = fields.Char(
        string="Gateway Template",
        help="Code under which the provider has approved this text, where they ask for one.",
    )

    water_gateway_data = fields.Text(
        string="Gateway Data",
        help="For providers who ask for single facts under names of their own, such as WeChat: a"
        ' JSON object like {"thing1": {"value": "{name}"}, "time2": {"value": "{due}"}}. It is put'
        " where the gateway's body says {data}.",
    )

    @api.private
    def send_mail(self, *args, **kwargs):
        """As Odoo does, for the server alone: a remote caller's values would be written with
        superuser rights, in anybody's name and about any case.
        """
        return super().send_mail(*args, **kwargs)

    @api.private
    def send_mail_batch(self, *args, **kwargs):
        """The same for several."""
        return super().send_mail_batch(*args, **kwargs)

    @api.constrains("water_gateway_data")
    def _check_gateway_data(self):
        for template in self:
            data = template._parsed_gateway_data()
            unknown = gateway_http.unknown_placeholders(data)
            if unknown:
                raise ValidationError(
                    self.env._("Unknown placeholders: %s", ", ".join(f"{{{u}}}" for u in unknown))
                )

    def _parsed_gateway_data(self):
        """The names the provider wants, as ``{name: {"value": text}}``.

        :raises ValidationError: when it is no such thing
        """
        try:
            data = json.loads(self.water_gateway_data or "{}")
            texts = [part["value"] for part in data.values()]
        except (ValueError, AttributeError, TypeError, KeyError) as error:
            raise self._no_gateway_data() from error
        if not all(isinstance(text, str) for text in texts):
            raise self._no_gateway_data()
        return data

    def _no_gateway_data(self):
        words = '{"thing1": {"value": "{name}"}}'
        return ValidationError(self.env._("Gateway data: write a JSON object like %s.", words))

    def _gateway_data(self, facts, medium):
        """The single facts of one message under the provider's names.

        :param facts: {placeholder: text}
        :param medium: ``sms`` or ``wechat``
        """
        data = gateway_http.fill(self._parsed_gateway_data(), facts)
        return wechat.shortened(data) if medium == "wechat" else data

    def _check_can_be_rendered(self, fnames=None, render_options=None):
        """As Odoo tries a template on the first record, not on ours while addons are loaded.

        Until all are there, that record may belong to a case of a type that is not.
        """
        ours = self.filtered(lambda template: (template.model or "").startswith("water."))
        tried = self if self.pool.ready else self - ours
        return super(MailTemplate, tried)._check_can_be_rendered(fnames, render_options)

    def _render_field(self, field, *args, **options):
        """As Odoo does; what people typed into our sentences doubles no full stop (“。。”)."""
        texts = super()._render_field(field, *args, **options)
        if not (self.model or "").startswith("water."):
            return texts
        return {number: self._one_stop(text) for number, text in texts.items()}

    @api.model
    def _one_stop(self, text):
        return type(text)(one_stop(text)) if isinstance(text, str) else text

    def _water_short_texts(self, record_ids):
        """``{record id: values}`` of short messages, each in its customer's language.

        :param record_ids: ids of records of the template's model
        """
        if not record_ids:
            return {}
        texts = self._render_field("water_short_text", record_ids, compute_lang=True)
        subjects = self._render_field("subject", record_ids, compute_lang=True)
        return {
            number: {
                "body": html2plaintext(texts[number]).strip(),
                "subject": subjects[number] or self.name,
                "gateway_code": self.water_gateway_code,
            }
            for number in record_ids
        }
