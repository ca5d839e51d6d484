from odoo import models
from odoo.exceptions import UserError

from ...base import windows


class DataRecycleRecord(models.Model):
    """Confirming such a proposal erases the person; records that have to stay, stay."""

    _inherit = "data_recycle.record"

    def action_validate(self):
        """Erase the proposed persons; do other proposals as Odoo does."""
        ours = self.filtered(lambda row: row.recycle_model_id.recycle_action == "water_erase")
        refused = ours._water_erase()
        super(DataRecycleRecord, self - ours).action_validate()
        (ours - refused).unlink()
        if refused and len(self) == len(refused) == 1:
            self._water_erase(strict=True)
        return self._water_refused(refused) if refused else True

    def _water_erase(self, strict=False):
        """Erase one record after the other.

        :param strict: raise at the first that has to stay
        :return: the proposals that were not carried out
        """
        refused = self.browse()
        for row in self:
            record = self.env[row.res_model_name].sudo().browse(row.res_id).exists()
            try:
                with self.env.cr.savepoint():
                    record._anonymise(row.recycle_model_id.name)
            except UserError:
                if strict:
                    raise
                refused |= row
        return refused

    def _water_refused(self, refused):
        names = ", ".join(refused.mapped("name"))
        text = self.env._("These have to stay as they are: %s", names)
        return windows.message(text, "warning", then=windows.RELOAD)
