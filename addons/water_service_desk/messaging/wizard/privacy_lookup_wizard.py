from odoo import models


class PrivacyLookupWizard(models.TransientModel):
    """Finds a person's messages together with their cases."""

    _inherit = "privacy.lookup.wizard"

    _listed_with_case = ("water.message",)
