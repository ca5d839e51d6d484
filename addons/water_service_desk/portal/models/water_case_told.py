from odoo import models
from odoo.exceptions import UserError


class WaterCaseMixin(models.AbstractModel):
    """What the customer was told stays as he reads it: another answer is given by another step."""

    _inherit = "water.case.mixin"

    def _check_write(self, vals):
        """He would not hear of a change, and nobody would have checked or signed its words."""
        super()._check_write(vals)
        names = set(self._told_fields) & vals.keys()
        for case in self.filtered(lambda case: case.state in case._portal_told_states):
            if any((case[name] or "") != (vals[name] or "") for name in names):
                raise UserError(
                    self.env._(
                        "The customer was told this already. It is changed when the case is taken"
                        " up again."
                    )
                )
