from odoo import fields, models

KINDS = [("related", "Linked with another case"), ("unrelated", "Link with another case removed")]


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(selection_add=KINDS, ondelete={kind: "cascade" for kind, __ in KINDS})
