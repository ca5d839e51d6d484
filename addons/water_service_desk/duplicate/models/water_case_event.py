from odoo import fields, models

KINDS = [
    ("merged", "Merged"),
    ("repeat_linked", "Linked as a repeat"),
    ("repeat_unlinked", "Link as a repeat undone"),
    ("unmerged", "Merging undone"),
    ("duplicate_joined", "Another contact merged into it"),
    ("duplicate_left", "Merged contact taken out again"),
    ("duplicate_told", "Told the result together with another case"),
]


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(selection_add=KINDS, ondelete={kind: "cascade" for kind, __ in KINDS})
