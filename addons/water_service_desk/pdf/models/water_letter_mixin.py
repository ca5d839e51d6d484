from odoo import fields, models
from odoo.tools import format_date


class WaterLetterMixin(models.AbstractModel):
    """A record that goes to the customer as a letter, in his language and by his calendar."""

    _name = "water.letter.mixin"
    _description = "Goes out as a Letter"

    def _letter_lang(self):
        return self.sudo()._message_case()._customer_lang()

    def _letter_salutation(self):
        return self.sudo()._message_case()._customer_greeting()

    def _letter_date(self, moment):
        """The customer's calendar day of ``moment`` (naive UTC), written out."""
        zone = self.sudo()._message_case()._customer_tz()
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        return format_date(self.env, local.date(), date_format="long")
