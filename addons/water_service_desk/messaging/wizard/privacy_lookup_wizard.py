from odoo import models


class PrivacyLookupWizard(models.TransientModel):
    """What a person was told is found with his cases."""

    _inherit = "privacy.lookup.wizard"

    _listed_with_case = ("water.message",)
