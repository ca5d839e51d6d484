from odoo import api, fields, models

from odoo.addons.water_service_desk.base.moments import is_late


class WaterDeadlinePause(models.Model):
    """An extension counts in figures only when it was approved before the limit it moves."""

    _inherit = "water.deadline.pause"

    is_approved_late = fields.Boolean(
        string="Approved Too Late", compute="_compute_is_approved_late", store=True
    )

    @api.depends("kind", "state", "started_at", "old_due_at")
    def _compute_is_approved_late(self):
        for row in self:
            known = row.kind == "extension" and row.started_at and row.old_due_at
            row.is_approved_late = bool(known and is_late(row.old_due_at, row.started_at))
