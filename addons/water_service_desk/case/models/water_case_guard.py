from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...base.roles import AGENT
from ...base.tables import table


class WaterCaseMixin(models.AbstractModel):
    """Who may change what in a case that is open (S2.2.2)."""

    _inherit = "water.case.mixin"

    #: what others than the desk may write: what they found and did
    _worker_fields = frozenset({"user_id", "state", "stage_id"})

    def _check_write(self, vals):
        """Refuse edits of what the system keeps, and of the customer's own words."""
        self._refuse_kept(vals.keys())
        if "verbatim" in vals and any(
            case.verbatim and case.verbatim != vals["verbatim"] for case in self
        ):
            raise UserError(self.env._("The customer's own words are never edited."))
        others = {name for name in vals if not name.startswith(("message_", "activity_"))}
        if others - table(self, "_worker_fields") and not self._is_desk():
            raise AccessError(
                self.env._(
                    "Only service agents change the facts of a case; write down your own work."
                )
            )

    @api.model
    def _is_desk(self):
        return self.env.su or self.env.user.has_group(AGENT)
