from odoo import api, models
from odoo.exceptions import AccessError

from ..trust import is_uninstalling


class WaterNeverDeletedMixin(models.AbstractModel):
    """Records that are never deleted, not even by services; only an uninstall deletes them."""

    _name = "water.never.deleted.mixin"
    _description = "Never Deleted"

    @api.ondelete(at_uninstall=True)
    def _unlink_never(self):
        if not is_uninstalling(self.env):
            raise AccessError(self._never_deleted_message())

    @api.model
    def _never_deleted_message(self):
        """Return what to do instead, in the reader's language; heirs have their own words."""
        return self.env._("This is never deleted.")
