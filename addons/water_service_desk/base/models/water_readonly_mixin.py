from odoo import api, models
from odoo.exceptions import AccessError

from ..trust import is_trusted


class WaterReadonlyMixin(models.AbstractModel):
    """Records written by services alone, never by hand, at any door."""

    _name = "water.readonly.mixin"
    _description = "Written by the System Alone"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system_write()
        return super().create(vals_list)

    def write(self, vals):
        self._check_system_write()
        return super().write(vals)

    def unlink(self):
        self._check_system_write()
        return super().unlink()

    def _check_system_write(self):
        """Refuse callers without the trust token, administrators included."""
        if not is_trusted(self.env):
            raise AccessError(self._readonly_message())

    @api.model
    def _readonly_message(self):
        """Return what to do instead, in the reader's language; heirs have their own words."""
        return self.env._("This is kept by the system.")
