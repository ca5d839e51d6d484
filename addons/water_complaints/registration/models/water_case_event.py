from odoo import fields, models


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[
            ("readback", "Read back to the customer"),
            ("readback_waived", "Not read back, with reason"),
            ("converted", "Became a complaint"),
            ("converted_from", "Began as an inquiry"),
        ],
        ondelete={
            "readback": "cascade",
            "readback_waived": "cascade",
            "converted": "cascade",
            "converted_from": "cascade",
        },
    )
