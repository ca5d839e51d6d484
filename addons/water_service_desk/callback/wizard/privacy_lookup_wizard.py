from odoo import models


class PrivacyLookupWizard(models.TransientModel):
    """Call-backs of a person's cases are found with them."""

    _inherit = "privacy.lookup.wizard"

    _listed_with_case = ("water.callback",)
