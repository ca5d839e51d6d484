from odoo import fields, models

from ...base.windows import RELOAD


class WaterUnsplitWizard(models.TransientModel):
    """Ask why two cases are one matter after all."""

    _name = "water.unsplit.wizard"
    _inherit = ["water.case.wizard.mixin"]
    _description = "Undo a Split"

    reason = fields.Char(string="Why It Is One Matter", required=True)

    def action_undo(self):
        """Make them one again (rights, reason and what has happened are checked by the case)."""
        self._cases()._undo_split(self.reason)
        return dict(RELOAD)
