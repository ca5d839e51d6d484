from odoo import fields, models


class PrivacyLookupWizardLine(models.TransientModel):
    """A record found of a person: ours are not deleted, the person is erased from them."""

    _inherit = "privacy.lookup.wizard.line"

    can_erase = fields.Boolean(compute="_compute_can_erase", export_string_translation=False)
    is_kept = fields.Boolean(compute="_compute_can_erase", export_string_translation=False)

    def _compute_can_erase(self):
        for line in self:
            model = self.env.get(line.res_model)
            line.is_kept = (line.res_model or "").startswith("water.")
            line.can_erase = model is not None and hasattr(model, "_anonymise")
