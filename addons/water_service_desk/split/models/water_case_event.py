from odoo import fields, models

KINDS = [
    ("split_off", "A part became a case of its own"),
    ("split_from", "Split off from another case"),
]


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(selection_add=KINDS, ondelete={kind: "cascade" for kind, __ in KINDS})
