from odoo import api, fields, models
from odoo.tools.mail import html2plaintext

from ...base.words import one_stop
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
