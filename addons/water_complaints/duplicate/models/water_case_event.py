from odoo import fields, models


class WaterCaseEvent(models.Model):
    _inherit = "water.case.event"

    kind = fields.Selection(
        selection_add=[
            ("repeat_linked", "Linked as a repeat"),
            ("repeat_unlinked", "Link as a repeat undone"),
            ("unmerged", "Merging undone"),
            ("visit_restored", "Visit holds again"),
            ("duplicate_joined", "Another contact merged into it"),
            ("duplicate_left", "Merged contact taken out again"),
            ("duplicate_told", "Told the result together with another complaint"),
        ],
        ondelete={
            "repeat_linked": "cascade",
            "repeat_unlinked": "cascade",
            "unmerged": "cascade",
            "visit_restored": "cascade",
            "duplicate_joined": "cascade",
            "duplicate_left": "cascade",
            "duplicate_told": "cascade",
        },
    )
