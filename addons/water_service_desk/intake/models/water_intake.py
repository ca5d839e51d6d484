from odoo import api, models
from odoo.tools.misc import verify_hash_signed

from ..filing import clean_text
from .water_case_intake import SCOPE


class WaterIntake(models.AbstractModel):
    """The one filing service of all doors: portal, public page, interface and mail.

    Rules, clocks, events and file checks are those of the case types, by every method (S3.2.1a).
    A door adds who the customer is, and how it was read back.
    """

    _name = "water.intake"
    _description = "Intake of Cases"

    @api.model
    def _case_models(self):
        names = self.env.registry.descendants(["water.case.mixin"], "_inherit")
        return sorted(name for name in names if not self.env[name]._abstract)

    @api.model
    def _find_tracked(self, number, code):
        number = clean_text(number, 40).upper()
        found = [self.env[model]._by_number(number) for model in self._case_models()]
        case = next((case for case in found if case), found[0])
        return case if case._fits_query_code(code) else None

    @api.model
    def _find_linked(self, token):
        """Return the case of a link in a mail or message, or None.

        :param token: from the address, any value
        """
        try:
            claims = verify_hash_signed(self.env(su=True), SCOPE, token)
        except ValueError:  # no token at all: base64, JSON and version say so this way
            return None
        if not claims or claims[0] not in self._case_models():
            return None
        return self.env[claims[0]]._of_track_claims(claims) or None
