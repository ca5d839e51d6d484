from odoo import api, models


class WaterChoiceNameMixin(models.AbstractModel):
    """A row named by one of its choices, in the reader's language: Odoo would show its code."""

    _name = "water.choice.name.mixin"
    _description = "Named by a Choice"

    @api.depends(lambda self: (self._rec_name,) if self._rec_name else ())
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields[self._rec_name]._description_selection(self.env))
        for row in self:
            row.display_name = labels.get(row[self._rec_name], "")
