from odoo import fields, models


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[("news_told", "Told how far it is")], ondelete={"news_told": "cascade"}
    )
