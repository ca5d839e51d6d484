from odoo import models

from ...monitoring.figures import Figure
from .water_inquiry import IS_OPEN

FIGURES = (
    Figure(
        "water_open_inquiries",
        "Open inquiries by state",
        " ".join(("SELECT state, count(*) FROM water_inquiry WHERE", IS_OPEN, "GROUP BY 1")),
        ("state",),
    ),
)


class WaterAlarm(models.Model):
    """Open inquiries."""

    _inherit = "water.alarm"

    def _figures(self):
        return super()._figures() + FIGURES
