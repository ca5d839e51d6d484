from odoo import fields, models


class WaterCaseEvent(models.Model):
    """Events about appointments."""

    _inherit = "water.case.event"

    _erased_parts = frozenset({"signed_by"})

    kind = fields.Selection(
        selection_add=[
            ("visit_planned", "Visit planned"),
            ("visit_confirmed", "Visit confirmed"),
            ("visit_moved", "Visit moved"),
            ("visit_missed", "Visit missed"),
            ("visit_finished", "Visit finished"),
            ("visit_cancelled", "Visit cancelled"),
            ("visit_change_asked", "Customer asks for another time"),
            ("visit_kept", "Visit stays as agreed"),
            ("visit_handed", "Visit given to another department"),
        ],
        ondelete={
            "visit_planned": "cascade",
            "visit_confirmed": "cascade",
            "visit_moved": "cascade",
            "visit_missed": "cascade",
            "visit_finished": "cascade",
            "visit_cancelled": "cascade",
            "visit_change_asked": "cascade",
            "visit_kept": "cascade",
            "visit_handed": "cascade",
        },
    )
