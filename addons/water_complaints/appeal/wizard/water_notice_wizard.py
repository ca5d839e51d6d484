from odoo import fields, models
from odoo.exceptions import UserError

KINDS = ("appeal_receipt", "appeal_decision", "final")


class WaterNoticeWizard(models.TransientModel):
    """Letters about an appeal; sending one takes the step of the appeal."""

    _inherit = "water.notice.wizard"

    appeal_id = fields.Many2one("water.appeal", readonly=True)

    def _check_kind(self):
        if self.kind in KINDS and not self.appeal_id:
            raise UserError(self.env._("Write this letter from the appeal that it is about."))
        super()._check_kind()
        if self.appeal_id and self.appeal_id.sudo()._appellant() != self._cases():
            raise UserError(self.env._("The appeal is about another complaint."))
        if self.appeal_id:
            self.appeal_id._check_letter(self.kind)
