from odoo import api, models
from odoo.tools.misc import verify_hash_signed

from ..filing import clean_text
from .water_case_intake import SCOPE


class WaterIntake(models.AbstractModel):
    """The one room behind every door: portal, public page, interface and mail file here.

    Rules, clocks, events and the checks of files are those of the case types, whatever the
    door (S3.2.1a). What a door adds: who the customer is, and how it was read back to him.
    """

    _name = "water.intake"
    _description = "Intake of Cases"

    @api.model
    def _case_models(self):
        """Names of the models of cases, in a fixed order."""
        names = self.env.registry.descendants(["water.case.mixin"], "_inherit")
        return sorted(name for name in names if not self.env[name]._abstract)

    @api.model
    def _find_tracked(self, number, code):
        """The case with this number and secret code, or None.

        Wrong number and wrong code cost the same: every case type is asked, and one code is
        worked out, whatever was found.

        :param number: as typed
        :param code: as typed
        """
        number = clean_text(number, 40).upper()
        found = [self.env[model]._by_number(number) for model in self._case_models()]
        case = next((case for case in found if case), found[0])
        return case if case._fits_query_code(code) else None

    @api.model
    def _find_linked(self, token):
        """The case that a link of a mail or message opens, or None.

        :param token: from the address, anything
        """
        try:
            claims = verify_hash_signed(self.env(su=True), SCOPE, token)
        except ValueError:  # no token at all: base64, JSON and version say so this way
            return None
        if not claims or claims[0] not in self._case_models():
            return None
        return self.env[claims[0]]._of_track_claims(claims) or None
