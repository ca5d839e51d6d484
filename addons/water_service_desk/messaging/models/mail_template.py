import json

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.mail import html2plaintext

from ...base.words import one_gap, one_stop
from .. import gateway_http, wechat
from .res_partner import KINDS

#: Texts of a template for the customer.
TEXTS = ("subject", "body_html", "water_short_text")


def _said(value, key=None):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _said(inner, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _said(inner, key)
    else:
        yield key, value


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

    def send_mail_batch(
        self,
        res_ids,
        force_send=False,
        raise_exception=False,
        email_values=None,
        email_layout_xmlid=False,
    ):
        """As Odoo, but refuse remote callers about our records.

        The caller's values are written as superuser: in any name, thread or with any file. Other
        apps and their outside users are unaffected.
        """
        if not self.env.su:
            self._check_none_of_ours(email_values or {})
        return super().send_mail_batch(
            res_ids, force_send, raise_exception, email_values, email_layout_xmlid
        )

    def _check_none_of_ours(self, values):
        """Refuse mails to customers, into our threads, or with our files.

        :param values: of the mail, from its caller
        :raises AccessError: for ours
        """
        files, models_named = set(), {self.model or ""}
        for key, value in _said(values):
            if key in ("model", "res_model"):
                models_named.add(value)
            elif key == "attachment_ids" and isinstance(value, int):
                files.add(value)
        if any(isinstance(name, str) and name.startswith("water.") for name in models_named):
            raise self.env["mail.message"]._not_in_ones_own_name()
        # sudo: ir.attachment - only their owners
        hung = self.env["ir.attachment"].sudo().browse(files).exists()
        ours = hung.filtered(lambda file: (file.res_model or "").startswith("water."))
        ours.sudo(False).check_access("read")

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
        """Return the provider's names, as ``{name: {"value": text}}``.

        :raises ValidationError: for another structure
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
        """Return the facts of one message under the provider's names.

        :param facts: {placeholder: text}
        :param medium: ``sms`` or ``wechat``
        """
        data = gateway_http.fill(self._parsed_gateway_data(), facts)
        return wechat.shortened(data) if medium == "wechat" else data

    def _check_can_be_rendered(self, fnames=None, render_options=None):
        """Skip Odoo's test of a template on the first record while addons are loading.

        The record may belong to a case type that is not loaded yet.
        """
        ours = self.filtered(lambda template: (template.model or "").startswith("water."))
        tried = self if self.pool.ready else self - ours
        return super(MailTemplate, tried)._check_can_be_rendered(fnames, render_options)

    def _render_field(self, field, *args, **options):
        """As Odoo, but without double full stops (“。。”) after typed words in our sentences."""
        texts = super()._render_field(field, *args, **options)
        if field not in TEXTS or not (self.model or "").startswith("water."):
            return texts
        return {n: type(text)(one_stop(text)) if text else text for n, text in texts.items()}

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
                "body": one_gap(html2plaintext(texts[number])),
                "subject": subjects[number] or self.name,
                "gateway_code": self.water_gateway_code,
            }
            for number in record_ids
        }
