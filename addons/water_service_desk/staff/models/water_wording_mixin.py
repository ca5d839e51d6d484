from odoo import api, fields, models
from odoo.tools.mail import html_to_inner_content


class WaterWordingMixin(models.AbstractModel):
    """Form that warns of forbidden phrases while staff write to a customer."""

    _name = "water.wording.mixin"
    _description = "Warns of Forbidden Phrases"

    #: fields with text for the customer
    _spoken_fields = ()

    wording_advice = fields.Text(string="Say Instead", compute="_compute_wording_advice")

    @api.depends(lambda self: self._spoken_fields)
    def _compute_wording_advice(self):
        phrases = self.env["water.forbidden.phrase"]
        for record in self:
            record.wording_advice = phrases._advice(phrases._find(record._spoken_text()))

    def _spoken_text(self):
        texts = (
            html_to_inner_content(self[name] or "")
            if self._fields[name].type == "html"
            else self[name] or ""
            for name in self._spoken_fields
        )
        return "\n".join(texts)
