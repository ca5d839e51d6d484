from odoo import fields, models


class WaterCallback(models.Model):
    """Calls that an appeal puts off."""

    _inherit = "water.callback"

    void_reason = fields.Selection(
        selection_add=[("appeal", "Put off: an appeal is being decided")],
        ondelete={"appeal": "set null"},
    )
