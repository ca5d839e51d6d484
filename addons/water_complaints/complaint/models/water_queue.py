from odoo import fields, models


class WaterQueue(models.Model):
    """Complaints are shared out as well; never to the person or the department complained of."""

    _inherit = "water.queue"

    kind = fields.Selection(
        selection_add=[("water.complaint", "Complaints")],
        ondelete={"water.complaint": "set null"},
    )
