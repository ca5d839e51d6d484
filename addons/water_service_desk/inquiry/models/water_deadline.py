from odoo import models

from ...base.trust import trusted


class WaterDeadline(models.Model):
    _inherit = "water.deadline"

    def _move_due(self, due, provisional):
        case, before = self.inquiry_id.sudo(), self.due_at
        super()._move_due(due, provisional)
        if case.promised_due_at == before and self._promises_result():
            trusted(case).promised_due_at = self.due_at
