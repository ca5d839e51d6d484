from odoo import fields, models

KINDS = [
    ("signature_asked", "Signature asked for"),
    ("signed", "Signed by a superior"),
    ("signature_refused", "Signature refused"),
    ("signature_lapsed", "Signature no longer needed"),
]


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(selection_add=KINDS, ondelete={kind: "cascade" for kind, __ in KINDS})
