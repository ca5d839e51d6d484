from odoo import api, models
from odoo.exceptions import AccessError

from ..roles import MANAGER


class IrFilters(models.Model):
    """Restricts default filters for others: they hide records.

    Odoo lets every user set a filter for all, or for another user, as default.
    """

    _inherit = "ir.filters"

    def write(self, vals):
        self._check_hides_nothing()  # what others begin with is not taken from them either
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_others(self):
        self._check_hides_nothing()

    @api.constrains("is_default", "user_ids", "model_id", "domain", "context", "active")
    def _check_hides_nothing(self):
        user = self.env.user
        if user._is_admin() or user.has_group(MANAGER):  # checked for all callers
            return
        for row in self.filtered("is_default"):
            if row.model_id.startswith("water.") and row.user_ids != user:
                raise AccessError(
                    self.env._(
                        "A filter that opens by itself for others hides cases from them:"
                        " managers set it."
                    )
                )
