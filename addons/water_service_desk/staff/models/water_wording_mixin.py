from odoo import api, fields, models
from odoo.tools.mail import html_to_inner_content


class WaterWordingMixin(models.AbstractModel):
    """A screen on which somebody writes what a customer will be told: it warns in time."""

    _name = "water.wording.mixin"
    _description = "Warns of Forbidden Phrases"

    #: fields with what the customer is told
    _spoken_fields = ()

    wording_advice = fields.Text(string="Say Instead", compute="_compute_wording_advice")

    @api.depends(lambda self: self._spoken_fields)
    def _compute_wording_advice(self):
        phrases = self.env["water.forbidden.phrase"]
        for record in self:
            record.wording_advice = phrases._advice(phrases._find(record._spoken_text()))

    def _spoken_text(self):
        """All that the customer is told, as plain text."""
        texts = (
            html_to_inner_content(self[name] or "")
            if self._fields[name].type == "html"
            else self[name] or ""
            for name in self._spoken_fields
        )
        return "\n".join(texts)
