from odoo import models

from ...base.trust import trusted


class WaterDeadline(models.Model):
    """A call is due by its limit, also when that moves."""

    _inherit = "water.deadline"

    def _move_due(self, due, provisional):
        super()._move_due(due, provisional)
        if self.kind in ("callback", "promise"):
            trusted(self._calls()).due_at = due

    def _calls(self):
        """Return the calls of this clock, with superuser rights."""
        calls = self._case().sudo().callback_ids.filtered(lambda row: row.state == "open")
        if self.kind == "callback":
            return calls.filtered(lambda row: row.kind == "follow_up")
        return calls.filtered(lambda row: row.deadline_id == self)
